/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/pclntab.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>

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
	N_FUNCTIONS_FIELD = 8,
	GO_1_2_PAIRS_AT = 16,
	PCDATA_INLINE_TREE = 2,
	FUNCDATA_INLINE_TREE = 3,
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

static bool area(struct span data, uint8_t header_field, struct span *ret)
{
	uint64_t at = 0;

	if (header_field && !span_u64(data, header_field, &at))
		return false;
	*ret = span_from(data, at);
	return ret->n_bytes > 0;
}

/* Cuts the table into its areas and checks that as many functions fit as it claims. */
static bool read_areas(struct pclntab *table)
{
	const struct format *format = &formats[table->format];
	uint64_t pair_bytes = 2 * format->pair_word_bytes;

	if (!span_u64(table->data, N_FUNCTIONS_FIELD, &table->n_functions) ||
	    !area(table->data, format->names_field, &table->names) ||
	    !area(table->data, format->pctab_field, &table->pctab) ||
	    !area(table->data, format->functab_field, &table->functab))
		return false;
	table->pairs = table->format == PCLNTAB_GO_1_2 ? span_from(table->data, GO_1_2_PAIRS_AT)
						       : table->functab;
	return table->n_functions > 0 && table->n_functions < table->pairs.n_bytes / pair_bytes;
}

/* Makes the table of what begins at off in the file; -EINVAL when that is none. */
static int load_at(struct pclntab *table, const struct elf_file *elf, uint64_t va, uint64_t off,
		   uint64_t n_bytes)
{
	int err;

	table->va = va;
	err = elf_file_load(elf, off, n_bytes, &table->data);
	if (err)
		return err;
	if (header_is_valid(table->data, &table->format) && read_areas(table))
		return 0;
	pclntab_fini(table);
	return -EINVAL;
}

static int load_from_segment(struct pclntab *table, const struct elf_file *elf,
			     const struct elf_segment *segment)
{
	struct span data;
	int err;

	err = elf_file_load(elf, segment->off, segment->file_bytes, &data);
	if (err)
		return err;
	err = -ENOENT;
	for (uint64_t at = 0; err == -ENOENT && span_has(data, at, HEADER_BYTES); at += 8) {
		struct pclntab seen = { .data = span_from(data, at) };

		/*
		 * What only looks like a header is passed over, without reading all that follows
		 * again: a hostile file may have nothing else.
		 */
		if (header_is_valid(seen.data, &seen.format) && read_areas(&seen))
			err = load_at(table, elf, segment->va + at, segment->off + at,
				      data.n_bytes - at);
	}
	free((void *)data.data);
	return err;
}

/* By its section, under any of its names; else the first table in a loadable segment. */
static int load(struct pclntab *table, const struct elf_file *elf)
{
	static const char *const names[] = { ".gopclntab", ".data.rel.ro.gopclntab" };
	int err = -ENOENT;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct elf_section *section = elf_file_section(elf, names[i]);

		if (section)
			return load_at(table, elf, section->va, section->off, section->n_bytes);
	}
	for (size_t i = 0; i < elf->n_segments && err == -ENOENT; i++)
		if (elf->segments[i].type == PT_LOAD && !elf->segments[i].is_executable)
			err = load_from_segment(table, elf, &elf->segments[i]);
	return err;
}

/*
 * Where code addresses count from. Without moduledata the header's own base serves, where the
 * format has one.
 */
static int find_module(struct pclntab *table, const struct elf_file *elf, int go_minor)
{
	const struct format *format = &formats[table->format];
	int err;

	err = moduledata_find(elf, table->va, table->va + (table->names.data - table->data.data),
			      go_minor, &table->module);
	if (err != -ENOENT)
		return err;
	if (format->pair_word_bytes == 8)
		return 0;
	if (!span_u64(table->data, format->text_field, &table->module.text_va) ||
	    table->module.text_va == 0)
		return -ENOENT;
	return 0;
}

int pclntab_init(struct pclntab *table, const struct elf_file *elf, int go_minor,
		 struct reason *why)
{
	int err;

	*table = (struct pclntab){ 0 };
	err = load(table, elf);
	if (err == -ENOENT)
		return reason_set(
			why, err,
			"%s is not a Go program: it has no pclntab, the table of Go's functions",
			elf->path);
	if (err == -EINVAL)
		return reason_set(
			why, err,
			"%s: the function table (pclntab) is damaged, or of a format newer "
			"than this gotraced",
			elf->path);
	if (err)
		return reason_set(why, err, "cannot read the function table of %s: %s", elf->path,
				  strerror(-err));
	err = find_module(table, elf, go_minor);
	if (!err)
		return 0;
	pclntab_fini(table);
	return reason_set(why, err,
			  "%s: the base of the function table (moduledata) cannot be found",
			  elf->path);
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
	ret->flags = 0;
	if (format->flag)
		span_u8(table->functab, ret->record_at + format->flag, &ret->flags);
	if (!span_u32(table->functab, ret->record_at + format->pair_word_bytes, &name_off))
		return false;
	ret->name = span_name(table->names, name_off);
	return ret->name != NULL;
}

/* Go's varint of at most 32 bits (cmd/internal/obj/pcln.go). */
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

/*
 * The largest value of a pc-value table: pairs of a zigzag-coded value delta and a pc delta, closed
 * by a 0; from -1. Each pair stands for at least one of the function's bytes.
 */
static int32_t largest_value(struct span pctab, uint64_t at, uint64_t n_function_bytes)
{
	int32_t value = -1, largest = -1;
	bool is_first = true;
	uint32_t delta, pc_delta;

	while (n_function_bytes-- > 0 && read_varint(pctab, &at, &delta) && (delta || is_first) &&
	       read_varint(pctab, &at, &pc_delta)) {
		value = (int32_t)((uint32_t)value + ((delta >> 1) ^ -(delta & 1)));
		if (value > largest)
			largest = value;
		is_first = false;
	}
	return largest;
}

bool pclntab_inline_tree(const struct pclntab *table, const struct pclntab_function *function,
			 uint64_t *ret_off, uint32_t *ret_n)
{
	const struct format *format = &formats[table->format];
	uint64_t pcdata_at = function->record_at + format->record_bytes;
	uint32_t n_pcdata, index_table, tree_off;
	uint8_t n_funcdata;
	uint64_t n_function_bytes = function->end_va - function->va;
	int32_t largest;

	if (format->pair_word_bytes != 4)
		return false;
	if (!span_u32(table->functab, function->record_at + format->n_pcdata, &n_pcdata) ||
	    !span_u8(table->functab, function->record_at + format->n_funcdata, &n_funcdata))
		return false;
	if (n_pcdata <= PCDATA_INLINE_TREE || n_funcdata <= FUNCDATA_INLINE_TREE)
		return false;
	if (!span_u32(table->functab, pcdata_at + 4 * PCDATA_INLINE_TREE, &index_table) ||
	    index_table == 0 ||
	    !span_u32(table->functab, pcdata_at + 4 * ((uint64_t)n_pcdata + FUNCDATA_INLINE_TREE),
		      &tree_off) ||
	    tree_off == UINT32_MAX)
		return false;
	largest = largest_value(table->pctab, index_table, n_function_bytes);
	/*
	 * No more calls were inlined than the function has bytes: a file that says so is damaged.
	 */
	if (largest < 0 || (uint32_t)largest >= n_function_bytes)
		return false;
	*ret_off = tree_off;
	*ret_n = (uint32_t)largest + 1;
	return true;
}
