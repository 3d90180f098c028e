/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/inlined.h"

#include <errno.h>
#include <stdlib.h>

/*
 * An inline tree is an array of records, one for each call inlined into a function
 * (runtime/symtab.go, from 1.21 runtime/symtabinl.go): 20 bytes up to Go 1.19, with the parent's
 * index in front, 16 bytes from 1.20.
 */
struct record_layout {
	uint32_t n_bytes, name_at;
};

static struct record_layout record_layout(int go_minor)
{
	return go_minor >= 20 ? (struct record_layout){ 16, 4 } : (struct record_layout){ 20, 12 };
}

/* Reads a tree into *ret, which grows to hold it and is reused. */
static bool read_tree(const struct elf_file *elf, uint64_t va, uint64_t n_bytes, struct span *ret)
{
	const struct elf_segment *segment = elf_file_segment_at(elf, va, n_bytes);
	uint8_t *data = (uint8_t *)ret->data;

	if (!segment)
		return false;
	if (n_bytes > ret->n_bytes) {
		data = realloc(data, n_bytes);
		if (!data)
			return false;
		*ret = (struct span){ data, n_bytes };
	}
	return elf_file_read_va(elf, va, data, n_bytes) == 0;
}

bool inlined_each(const struct go_binary *binary, inlined_visit *visit, void *context)
{
	const struct pclntab *table = &binary->pclntab;
	struct record_layout layout = record_layout(binary->version.minor);
	struct span tree = { 0 };
	bool is_stopped = false;

	for (size_t i = 0; i < binary->n_functions && !is_stopped; i++) {
		struct pclntab_function entry;
		uint32_t n_records, name_off;
		uint64_t tree_va;

		if (!pclntab_function(table, binary->functions[i].index, &entry) ||
		    !pclntab_inline_tree(table, &entry, &tree_va, &n_records) ||
		    !read_tree(binary->elf, tree_va, (uint64_t)n_records * layout.n_bytes, &tree))
			continue;
		for (uint64_t k = 0; k < n_records && !is_stopped; k++) {
			const char *callee;

			if (!span_u32(tree, k * layout.n_bytes + layout.name_at, &name_off))
				break;
			callee = span_name(table->names, name_off);
			is_stopped = callee && visit(callee, &binary->functions[i], context);
		}
	}
	free((void *)tree.data);
	return is_stopped;
}

/* Names as they come, each of them once for each place, in room that doubles. */
struct gathering {
	struct inlined_count *counts;
	size_t n, n_room;
};

static bool gather(const char *callee, const struct go_function *into __attribute__((unused)),
		   void *context)
{
	struct gathering *gathering = context;

	if (gathering->n == gathering->n_room) {
		size_t n_room = gathering->n_room ? 2 * gathering->n_room : 1024;
		struct inlined_count *grown =
			reallocarray(gathering->counts, n_room, sizeof(*grown));

		if (!grown)
			return true;
		gathering->counts = grown;
		gathering->n_room = n_room;
	}
	gathering->counts[gathering->n++] = (struct inlined_count){ callee, 1 };
	return false;
}

/* The linker stores a name once, so that one name mostly is one address. */
static int by_address(const void *a, const void *b)
{
	const struct inlined_count *x = a, *y = b;

	return x->name < y->name ? -1 : x->name > y->name;
}

static int by_name(const void *a, const void *b)
{
	const struct inlined_count *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void merge(struct gathering *gathering, int (*compare)(const void *, const void *))
{
	struct inlined_count *counts = gathering->counts;
	size_t n = 0;

	if (gathering->n == 0)
		return;
	qsort(counts, gathering->n, sizeof(*counts), compare);
	for (size_t i = 1; i < gathering->n; i++) {
		if (compare(&counts[i], &counts[n]) == 0)
			counts[n].n_places += counts[i].n_places;
		else
			counts[++n] = counts[i];
	}
	gathering->n = n + 1;
}

int inlined_counts_init(struct inlined_counts *counts, const struct go_binary *binary)
{
	struct gathering gathering = { 0 };

	if (inlined_each(binary, gather, &gathering)) {
		free(gathering.counts);
		return -ENOMEM;
	}
	merge(&gathering, by_address);
	merge(&gathering, by_name);
	*counts = (struct inlined_counts){ gathering.counts, gathering.n };
	return 0;
}

void inlined_counts_fini(struct inlined_counts *counts)
{
	free(counts->counts);
	*counts = (struct inlined_counts){ 0 };
}

size_t inlined_places(const struct inlined_counts *counts, const char *name)
{
	struct inlined_count key = { .name = name }, *found;

	if (counts->n == 0)
		return 0;
	found = bsearch(&key, counts->counts, counts->n, sizeof(key), by_name);
	return found ? found->n_places : 0;
}
