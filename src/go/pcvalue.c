/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/pcvalue.h"

/* A walk through a table: the value holds until the instruction at until_va. */
struct walk {
	struct span pctab;
	uint64_t at, until_va, end_va;
	int32_t value;
	bool is_first;
};

static struct walk walk_begin(struct span pctab, uint64_t at, uint64_t va, uint64_t end_va)
{
	return (struct walk){ pctab, at, va, end_va, -1, true };
}

/* Go's varint of at most 32 bits. */
static bool read_varint(struct span data, uint64_t *at, uint32_t *ret)
{
	uint32_t value = 0;
	uint8_t byte;

	for (int shift = 0; shift < 35; shift += 7) {
		if (!span_u8(data, (*at)++, &byte))
			return false;
		value |= (uint32_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

/* Each step but the first advances: a walk has at most as many steps as the function has bytes. */
static bool walk_next(struct walk *walk)
{
	uint32_t delta, n_bytes;

	if (walk->at == 0 || walk->until_va >= walk->end_va ||
	    !read_varint(walk->pctab, &walk->at, &delta) || (delta == 0 && !walk->is_first) ||
	    !read_varint(walk->pctab, &walk->at, &n_bytes) || (n_bytes == 0 && !walk->is_first))
		return false;
	walk->value = (int32_t)((uint32_t)walk->value + ((delta >> 1) ^ -(delta & 1)));
	walk->until_va += n_bytes;
	walk->is_first = false;
	return true;
}

bool pcvalue_at(struct span pctab, uint64_t at, uint64_t va, uint64_t end_va, uint64_t insn_va,
		int32_t *ret)
{
	struct walk walk = walk_begin(pctab, at, va, end_va);

	while (walk_next(&walk)) {
		if (insn_va < walk.until_va) {
			*ret = walk.value;
			return true;
		}
	}
	return false;
}

int32_t pcvalue_largest(struct span pctab, uint64_t at, uint64_t va, uint64_t end_va)
{
	struct walk walk = walk_begin(pctab, at, va, end_va);
	int32_t largest = -1;

	while (walk_next(&walk))
		if (walk.value > largest)
			largest = walk.value;
	return largest;
}
