/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/inlined.h"

#include <errno.h>
#include <stdlib.h>

#include "go/inline_record.h"

enum { WINDOW_BYTES = 2048 };

/* Trees are small, and often lie beside each other: a read brings some more than the one. */
struct window {
	const struct elf_file *elf;
	uint64_t va;
	uint8_t *bytes; /* owned */
	size_t n_bytes, n_room;
};

static bool window_move(struct window *window, uint64_t va, uint64_t n_bytes)
{
	const struct elf_segment *segment = elf_file_segment_at(window->elf, va, n_bytes);
	uint64_t n_behind;

	if (!segment)
		return false;
	n_behind = segment->file_bytes - (va - segment->va);
	if (n_bytes < WINDOW_BYTES)
		n_bytes = n_behind < WINDOW_BYTES ? n_behind : WINDOW_BYTES;
	if (n_bytes > window->n_room) {
		uint8_t *grown = realloc(window->bytes, n_bytes);

		if (!grown)
			return false;
		window->bytes = grown;
		window->n_room = n_bytes;
	}
	window->va = va;
	window->n_bytes = n_bytes;
	if (elf_file_read_va(window->elf, va, window->bytes, n_bytes) == 0)
		return true;
	window->n_bytes = 0;
	return false;
}

static bool window_read(struct window *window, uint64_t va, uint64_t n_bytes, struct span *ret)
{
	struct span in_window = { window->bytes, window->n_bytes };

	if (va < window->va || !span_has(in_window, va - window->va, n_bytes)) {
		if (!window_move(window, va, n_bytes))
			return false;
		in_window = (struct span){ window->bytes, window->n_bytes };
	}
	*ret = span_from(in_window, va - window->va);
	return true;
}

bool inlined_each(const struct go_binary *binary, inlined_visit *visit, void *context)
{
	const struct pclntab *table = &binary->pclntab;
	uint64_t record_bytes = inline_record_bytes(table);
	/* Each record has its place in the file, unless that is damaged and trees overlap. */
	uint64_t n_left = binary->elf->n_bytes / record_bytes;
	struct window window = { .elf = binary->elf };
	bool is_stopped = false;

	for (size_t i = 0; i < binary->n_functions && !is_stopped; i++) {
		struct pclntab_function entry;
		uint32_t n_records;
		uint64_t tree_va;
		struct span tree;

		if (!pclntab_function(table, binary->functions[i].index, &entry) ||
		    !pclntab_inline_tree(table, &entry, &tree_va, &n_records) ||
		    !window_read(&window, tree_va, n_records * record_bytes, &tree))
			continue;
		if (n_records > n_left)
			break;
		n_left -= n_records;
		for (uint64_t k = 0; k < n_records && !is_stopped; k++) {
			struct inline_record record;

			is_stopped = inline_record_parse(table, span_from(tree, k * record_bytes),
							 &record) &&
				     visit(record.name, &binary->functions[i], context);
		}
	}
	free(window.bytes);
	return is_stopped;
}

/* The names that are counted, by their hash, with open addressing; room is a power of two. */
struct index {
	struct inlined_count **slots;
	size_t n_slots;
};

static struct inlined_count **index_slot(const struct index *index, const char *name)
{
	uint64_t hash = 14695981039346656037UL; /* FNV-1a */
	size_t at;

	for (const char *c = name; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 1099511628211UL;
	at = hash & (index->n_slots - 1);
	while (index->slots[at] && strcmp(index->slots[at]->name, name) != 0)
		at = (at + 1) & (index->n_slots - 1);
	return &index->slots[at];
}

static bool count_one(const char *callee, const struct go_function *into __attribute__((unused)),
		      void *context)
{
	struct inlined_count *found = *index_slot(context, callee);

	if (found)
		found->n_places++;
	return false;
}

int inlined_count(const struct go_binary *binary, struct inlined_count *counts, size_t n)
{
	struct index index = { .n_slots = 2 };

	while (index.n_slots < 2 * n)
		index.n_slots *= 2;
	index.slots = calloc(index.n_slots, sizeof(struct inlined_count *));
	if (!index.slots)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct inlined_count **slot = index_slot(&index, counts[i].name);

		counts[i].n_places = 0;
		if (!*slot)
			*slot = &counts[i];
	}
	inlined_each(binary, count_one, &index);
	for (size_t i = 0; i < n; i++)
		counts[i].n_places = (*index_slot(&index, counts[i].name))->n_places;
	free(index.slots);
	return 0;
}
