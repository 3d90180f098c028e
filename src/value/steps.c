/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/steps.h"

#include <errno.h>

enum { WORD = 8 };

int steps_make_room(struct steps *steps, uint64_t n_bytes, uint16_t *ret_at)
{
	uint64_t n_taken = (n_bytes + WORD - 1) / WORD * WORD;

	if (n_bytes > steps->max_bytes || steps->n_bytes + n_taken > steps->max_bytes)
		return -ENOSPC;
	*ret_at = (uint16_t)steps->n_bytes;
	steps->n_bytes += (uint32_t)n_taken;
	return 0;
}

int steps_add(struct steps *steps, const struct fetch_step *step)
{
	if (steps->n >= steps->max)
		return -ENOSPC;
	steps->program->steps[steps->n++] = *step;
	return 0;
}

struct location location_further(const struct location *from, uint64_t n_bytes)
{
	struct location to = *from;

	to.at += n_bytes;
	to.off += (int64_t)n_bytes;
	return to;
}

static int take_register(struct steps *steps, uint8_t number, uint64_t n_bytes, uint64_t to)
{
	const struct fetch_step step = {
		.kind = FETCH_REGISTER,
		.reg = number,
		.n_bytes = (uint16_t)n_bytes,
		.to = (uint16_t)to,
	};

	if (n_bytes != 1 && n_bytes != 2 && n_bytes != 4 && n_bytes != WORD)
		return -ENODATA;
	return steps_add(steps, &step);
}

/* A step takes so much at most: more of them for more. */
static int take_memory(struct steps *steps, struct fetch_step step, uint64_t n_bytes)
{
	int err = 0;

	while (n_bytes > 0 && !err) {
		uint64_t n = n_bytes < FETCH_MAX_STEP_BYTES ? n_bytes : FETCH_MAX_STEP_BYTES;

		step.n_bytes = (uint16_t)n;
		err = steps_add(steps, &step);
		step.to = (uint16_t)(step.to + n);
		step.off += (int64_t)n;
		n_bytes -= n;
	}
	return err;
}

/* Of a piece, what lies within [from, from + n_bytes) of the value; with how many bytes that is. */
static int take_piece(const struct abi_piece *piece, struct steps *steps, uint64_t from,
		      uint64_t n_bytes, uint16_t to, uint64_t *ret_n_bytes)
{
	uint64_t start = piece->at > from ? piece->at : from;
	uint64_t end = piece->at + piece->n_bytes;
	struct fetch_step step = { .kind = FETCH_MEMORY,
				   .reg = FETCH_SP,
				   .base_at = FETCH_NOWHERE };

	if (end > from + n_bytes)
		end = from + n_bytes;
	*ret_n_bytes = start < end ? end - start : 0;
	if (start >= end)
		return 0;
	switch (piece->place) {
	case GO_PIECE_REGISTER:
		return start > piece->at ? -ENODATA
					 : take_register(steps, piece->number, end - start,
							 to + start - from);
	case GO_PIECE_STACK:
		step.to = (uint16_t)(to + start - from);
		step.off = piece->off + (int64_t)(start - piece->at);
		return take_memory(steps, step, end - start);
	case GO_PIECE_XMM:
		return -EDOM;
	default:
		return -ENODATA;
	}
}

static int take_pieces(const struct location *from, struct steps *steps, uint64_t n_bytes,
		       uint16_t to)
{
	const struct abi_value *value = &from->value;
	uint64_t n_somewhere = 0, n;
	int err = 0;

	for (size_t i = 0; i < value->n_pieces; i++) {
		int failure = take_piece(&value->pieces[i], steps, from->at, n_bytes, to, &n);

		if (failure == -ENOSPC)
			return failure;
		err = failure ? failure : err;
		n_somewhere += n;
	}
	if (err)
		return err;
	return value->is_known && n_somewhere == n_bytes ? 0 : -ENODATA;
}

int location_take(const struct location *from, struct steps *steps, uint64_t n_bytes, uint16_t to)
{
	const struct fetch_step step = {
		.kind = from->is_element  ? FETCH_ELEMENT
			: from->is_length ? FETCH_LENGTH
					  : FETCH_MEMORY,
		.base_step = from->base_step,
		.to = to,
		.base_at = from->base_at,
		.count_at = from->count_at,
		.max_count = from->index,
		.off = from->off,
	};

	return from->kind == LOCATION_PIECES ? take_pieces(from, steps, n_bytes, to)
					     : take_memory(steps, step, n_bytes);
}

int location_follow(const struct location *from, struct steps *steps, struct location *ret)
{
	uint16_t at;
	int err = steps_make_room(steps, WORD, &at);

	if (!err)
		err = location_take(from, steps, WORD, at);
	if (!err)
		*ret = (struct location){ .kind = LOCATION_MEMORY,
					  .base_at = at,
					  .base_step = (uint16_t)(steps->n - 1) };
	return err;
}

int location_xmm(const struct location *from, uint64_t n_bytes)
{
	for (size_t i = 0; from->kind == LOCATION_PIECES && i < from->value.n_pieces; i++) {
		const struct abi_piece *piece = &from->value.pieces[i];

		if (piece->place == GO_PIECE_XMM && piece->at < from->at + n_bytes &&
		    piece->at + piece->n_bytes > from->at)
			return piece->number;
	}
	return -1;
}
