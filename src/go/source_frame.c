/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/source_frame.h"

#include "go/inline_record.h"

/*
 * The inline tree tells of a call what was called and into which instruction's place: parent_off is
 * one that has the line of the call, and what was inlined further out is found by looking that
 * instruction up in turn. The records of Go 1.15 to 1.19 name the parent and the line as well, but
 * the runtime goes by parent_off in all releases.
 */
struct chain {
	const struct go_binary *binary;
	struct pclntab_function function;
	uint64_t va; /* of the instruction that the next frame is of */
	uint32_t n_left; /* records of the tree that can still come: a parent stands before its
			    children, unless the file is damaged */
};

static void set_line(const struct chain *chain, struct source_frame *frame)
{
	const struct pclntab *table = &chain->binary->pclntab;

	if (pclntab_source_line(table, &chain->function, chain->va, &frame->file, &frame->line))
		return;
	frame->file = "?";
	frame->line = 0;
}

static bool read_record(const struct chain *chain, uint64_t va, struct inline_record *ret)
{
	const struct pclntab *table = &chain->binary->pclntab;
	uint8_t bytes[INLINE_RECORD_MAX_BYTES];
	struct span record = { bytes, inline_record_bytes(table) };

	return elf_file_read_va(chain->binary->elf, va, bytes, record.n_bytes) == 0 &&
	       inline_record_parse(table, record, ret);
}

/* The frame of an inlined call; false when the instruction is the function's own. */
static bool next_inlined(struct chain *chain, struct source_frame *ret)
{
	const struct pclntab *table = &chain->binary->pclntab;
	struct inline_record record;
	uint64_t tree_va;
	uint32_t index;

	if (!pclntab_inlined_at(table, &chain->function, chain->va, &tree_va, &index) ||
	    index >= chain->n_left ||
	    !read_record(chain, tree_va + (uint64_t)index * inline_record_bytes(table), &record))
		return false;
	*ret = (struct source_frame){
		.function = record.name,
		.is_inlined = true,
		.is_wrapper = record.is_wrapper,
	};
	set_line(chain, ret);
	chain->va = chain->function.va + record.parent_off;
	chain->n_left = index;
	return true;
}

/*
 * The function of an instruction. A return address at which a function begins is none that a call
 * left there, but one that the runtime made up, as of a goroutine's first function.
 */
static const struct go_function *function_of(const struct go_binary *binary, uint64_t *va,
					     bool is_return_address)
{
	const struct go_function *function = go_binary_function_at(binary, *va);

	if (!is_return_address || (function && function->va == *va))
		return function;
	return go_binary_function_at(binary, --*va);
}

size_t source_frames_at(const struct go_binary *binary, uint64_t va, bool is_return_address,
			struct source_frame *ret, size_t n_room)
{
	const struct go_function *function = function_of(binary, &va, is_return_address);
	struct chain chain = { .binary = binary, .va = va, .n_left = UINT32_MAX };
	size_t n = 0;

	if (!function || !pclntab_function(&binary->pclntab, function->index, &chain.function))
		return 0;
	while (n < n_room && next_inlined(&chain, &ret[n]))
		n++;
	if (n == n_room)
		return n;
	ret[n] = (struct source_frame){
		.function = chain.function.name,
		.is_wrapper = chain.function.is_wrapper,
	};
	set_line(&chain, &ret[n]);
	return n + 1;
}
