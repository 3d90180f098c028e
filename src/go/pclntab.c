/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/pclntab.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>

#include "go/pcvalue.h"

/*
 * What differs between the formats. Offsets are in bytes: of header fields, and within a _func
 * record.
 */
struct format {
	uint32_t magic;
	uint8_t pair_word_bytes; /* width of each half of a functab pair, and of _func.entry */
	uint8_t names_field, pctab_field,
		functab_field; /* header fields; 0: counted from the table's own start */
	uint8_t text_field; /* header field with the base of code addresses; 0: none */
	uint8_t n_pcdata, flag, n_funcdata, record_bytes; /* in _func */
};

static const struct format formats[] = {
	[PCLNTAB_GO_1_2] = { 0xfffffffb, 8, 0, 0, 0, 0, 32, 0, 39, 40 },
	[PCLNTAB_GO_1_16] = { 0xfffffffa, 8, 24, 48, 56, 0, 32, 41, 43, 44 },
	[PCLNTAB_GO_1_18] = { 0xfffffff0, 4, 32, 56, 64, 24, 28, 37, 39, 40 },
	[PCLNTAB_GO_1_20] = { 0xfffffff1, 4, 32, 56, 64, 24, 28, 41, 43, 44 },
};

enum {
	HEADER_BYTES = 8,
	HEADER_MAX_BYTES = 72,
	N_FUNCTIONS_FIELD = 8,
	GO_1_2_PAIRS_AT = 16,
	PCDATA_INLINE_TREE = 2,
};

static bool header_is_valid(struct span data, enum pclntab_format *ret)
{
	uint32_t magic, rest;

	/*
	 * Behind the magic: two zero bytes, the instruction quantum (1 on x86) and the size of a
	 * pointer.
	 */
	if (!span_u32(data, 0, &magic) || !span_u32(data, 4, &rest) || rest != 0x08010000)
		return false;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (formats[i].magic != magic)
			continue;
		*ret = i;
		return true;
	}
	return false;
}

/* The header of a table, with what it says checked against the size of the table. */
struct header {
	enum pclntab_format format;
	uint64_t n_functions;
	uint64_t names_at, pctab_at, functab_at, pairs_at, text_va;
};

static bool read_field(struct span head, uint8_t field, uint64_t limit, uint64_t *ret)
{
	*ret = 0;
	return !field || (span_u64(head, field, ret) && *ret < limit);
}

static bool read_header(struct span head, uint64_t n_bytes, struct header *ret)
{
	const struct format *format;
	struct header header;

	if (!header_is_valid(head, &header.format))
		return false;
	format = &formats[header.format];
	if (!span_u64(head, N_FUNCTIONS_FIELD, &header.n_functions) ||
	    !read_field(head, format->names_field, n_bytes, &header.names_at) ||
	    !read_field(head, format->pctab_field, n_bytes, &header.pctab_at) ||
	    !read_field(head, format->functab_field, n_bytes, &header.functab_at) ||
	    !read_field(head, format->text_field, UINT64_MAX, &header.text_va))
		return false;
	header.pairs_at = header.format == PCLNTAB_GO_1_2 ? GO_1_2_PAIRS_AT : header.functab_at;
	if (header.pairs_at >= n_bytes || header.n_functions == 0 ||
	    header.n_functions >= (n_bytes - header.pairs_at) / (2 * format->pair_word_bytes))
		return false;
	*ret = header;
	return true;
}

/*
 * Where code addresses count from. Without moduledata the header's own base serves, where the
 * format has one.
 */
static int find_module(struct pclntab *table, const struct elf_file *elf, int go_minor,
		       const struct header *header, bool is_needed)
{
	int err;

	err = moduledata_find(elf, table->va, table->va + header->names_at, go_minor,
			      &table->module);
	if (err != -ENOENT || is_needed)
		return err;
	table->module.text_va = header->text_va;
	return formats[table->format].pair_word_bytes == 8 || header->text_va ? 0 : -ENOENT;
}

/*
 * Makes the table of what begins at off in the file. -EINVAL when that is none, -ENOENT when the
 * program does not know it, or its base cannot be told.
 */
static int load_at(struct pclntab *table, const struct elf_file *elf, uint64_t va, uint64_t off,
		   uint64_t n_bytes, int go_minor, bool is_module_needed)
{
	uint8_t bytes[HEADER_MAX_BYTES];
	struct span head = { bytes, n_bytes < sizeof(bytes) ? n_bytes : sizeof(bytes) };
	struct header header;
	int err;

	err = elf_file_read(elf, off, bytes, head.n_bytes);
	if (err)
		return err;
	if (!read_header(head, n_bytes, &header))
		return -EINVAL;
	table->va = va;
	table->format = header.format;
	table->n_functions = header.n_functions;
	err = find_module(table, elf, go_minor, &header, is_module_needed);
	if (!err)
		err = elf_file_load(elf, off, n_bytes, &table->data);
	if (err)
		return err;
	table->names = span_from(table->data, header.names_at);
	table->pctab = span_from(table->data, header.pctab_at);
	table->functab = span_from(table->data, header.functab_at);
	table->pairs = span_from(table->data, header.pairs_at);
	return 0;
}

struct search {
	struct pclntab *table;
	const struct elf_file *elf;
	int go_minor, n_tried;
};

enum {
	FOUND = 1,
	MAX_TABLES_TRIED = 16,
};

/*
 * What only looks like a table is passed over, and so is that of another Go program which this one
 * carries as data: no moduledata here knows it.
 */
static int find_table(uint64_t va, struct span piece, void *context)
{
	struct search *search = context;
	enum pclntab_format format;

	for (uint64_t at = -va & 7; span_has(piece, at, HEADER_BYTES); at += 8) {
		const struct elf_segment *segment;
		uint64_t skipped;
		int err;

		if (!header_is_valid(span_from(piece, at), &format))
			continue;
		segment = elf_file_segment_at(search->elf, va + at, HEADER_BYTES);
		if (!segment)
			continue;
		skipped = va + at - segment->va;
		err = load_at(search->table, search->elf, va + at, segment->off + skipped,
			      segment->file_bytes - skipped, search->go_minor, true);
		if (err != -EINVAL && err != -ENOENT)
			return err ? err : FOUND;
		/* Whether it is known takes a search through the data. */
		if (err == -ENOENT && ++search->n_tried == MAX_TABLES_TRIED)
			return err;
	}
	return 0;
}

/* By its section, under any of its names; else the first table in a loadable segment. */
static int load(struct pclntab *table, const struct elf_file *elf, int go_minor)
{
	static const char *const names[] = { ".gopclntab", ".data.rel.ro.gopclntab" };
	struct search search = { table, elf, go_minor, 0 };
	int err;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct elf_section *section = elf_file_section(elf, names[i]);

		if (section)
			return load_at(table, elf, section->va, section->off, section->n_bytes,
				       go_minor, false);
	}
	err = elf_file_scan(elf, ELF_SCAN_ALL, find_table, &search);
	if (err == FOUND)
		return 0;
	if (!err)
		err = search.n_tried ? -ENOENT : -ENXIO;
	return err;
}

int pclntab_init(struct pclntab *table, const struct elf_file *elf, int go_minor,
		 struct reason *why)
{
	int err;

	*table = (struct pclntab){ .go_minor = go_minor };
	err = load(table, elf, go_minor);
	if (!err)
		return 0;
	*table = (struct pclntab){ 0 };
	if (err == -ENXIO)
		return reason_set(
			why, -ENOENT,
			"%s is not a Go program: it has no pclntab, the table of Go's functions",
			elf->path);
	if (err == -EINVAL)
		return reason_set(
			why, err,
			"%s: the function table (pclntab) is damaged, or of a format newer "
			"than this gotraced",
			elf->path);
	if (err == -ENOENT)
		return reason_set(why, err,
				  "%s: the base of the function table (moduledata) cannot be found",
				  elf->path);
	return reason_set(why, err, "cannot read the function table of %s: %s", elf->path,
			  strerror(-err));
}

void pclntab_fini(struct pclntab *table)
{
	free((void *)table->data.data);
	*table = (struct pclntab){ 0 };
}

/*
 * One half of functab pair i: the function's start (half 0) or the offset of its record (half 1).
 */
static bool pair_word(const struct pclntab *table, uint64_t i, int half, uint64_t *ret)
{
	uint32_t narrow;

	if (formats[table->format].pair_word_bytes == 8)
		return span_u64(table->pairs, (2 * i + half) * 8, ret);
	if (!span_u32(table->pairs, (2 * i + half) * 4, &narrow))
		return false;
	*ret = narrow;
	return true;
}

bool pclntab_function(const struct pclntab *table, uint64_t i, struct pclntab_function *ret)
{
	const struct format *format = &formats[table->format];
	uint64_t base = format->pair_word_bytes == 4 ? table->module.text_va : 0;
	uint32_t name_off;

	if (!pair_word(table, i, 0, &ret->va) || !pair_word(table, i, 1, &ret->record_at) ||
	    !pair_word(table, i + 1, 0, &ret->end_va))
		return false;
	if (!span_has(table->functab, ret->record_at, format->record_bytes) ||
	    ret->end_va <= ret->va)
		return false;
	ret->va += base;
	ret->end_va += base;
	ret->flags = ret->id = 0;
	if (format->flag)
		span_u8(table->functab, ret->record_at + format->flag, &ret->flags);
	span_u8(table->functab, ret->record_at + format->n_funcdata - 3, &ret->id);
	if (!span_u32(table->functab, ret->record_at + format->pair_word_bytes, &name_off))
		return false;
	ret->name = span_name(table->names, name_off);
	return ret->name != NULL;
}

bool pclntab_sp_delta(const struct pclntab *table, const struct pclntab_function *function,
		      uint64_t va, int32_t *ret)
{
	uint32_t pcsp_at;

	return span_u32(table->functab,
			function->record_at + formats[table->format].pair_word_bytes + 12,
			&pcsp_at) &&
	       pcvalue_at(table->pctab, pcsp_at, function->va, function->end_va, va, ret);
}

/*
 * Where the inline tree of a function is. Up to Go 1.17 FUNCDATA are pointers, aligned to 8 bytes;
 * from 1.18 on they are offsets from moduledata.gofunc, all ones for none.
 */
static bool tree_va(const struct pclntab *table, const struct pclntab_function *function,
		    uint32_t n_pcdata, uint8_t n_funcdata, uint64_t *ret)
{
	const struct format *format = &formats[table->format];
	/* FUNCDATA_InlTree (runtime/symtab.go): 4 in Go 1.15, 3 from 1.16 on */
	uint8_t index = table->go_minor >= 16 ? 3 : 4;
	uint64_t at = function->record_at + format->record_bytes + 4 * (uint64_t)n_pcdata;
	uint32_t off;

	if (n_funcdata <= index)
		return false;
	if (format->pair_word_bytes == 8)
		return span_u64(table->functab, ((at + 7) & ~7UL) + 8 * index, ret) && *ret;
	if (!span_u32(table->functab, at + 4 * index, &off) || off == UINT32_MAX ||
	    !table->module.gofunc_va)
		return false;
	*ret = table->module.gofunc_va + off;
	return true;
}

bool pclntab_inline_tree(const struct pclntab *table, const struct pclntab_function *function,
			 uint64_t *ret_va, uint32_t *ret_n)
{
	const struct format *format = &formats[table->format];
	uint64_t pcdata_at = function->record_at + format->record_bytes;
	uint64_t n_function_bytes = function->end_va - function->va;
	uint32_t n_pcdata, index_table;
	uint8_t n_funcdata;
	int32_t largest;

	if (!span_u32(table->functab, function->record_at + format->n_pcdata, &n_pcdata) ||
	    !span_u8(table->functab, function->record_at + format->n_funcdata, &n_funcdata) ||
	    n_pcdata <= PCDATA_INLINE_TREE ||
	    !span_u32(table->functab, pcdata_at + 4 * PCDATA_INLINE_TREE, &index_table) ||
	    index_table == 0 || !tree_va(table, function, n_pcdata, n_funcdata, ret_va))
		return false;
	largest = pcvalue_largest(table->pctab, index_table, function->va, function->end_va);
	/*
	 * No more calls were inlined than the function has bytes: a file that says so is damaged.
	 */
	if (largest < 0 || (uint32_t)largest >= n_function_bytes)
		return false;
	*ret_n = (uint32_t)largest + 1;
	return true;
}
