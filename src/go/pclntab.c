/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/pclntab.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>

#include "go/pclntab_fields.h"

const struct pclntab_fields pclntab_fields[] = {
	[PCLNTAB_GO_1_2] = { 0xfffffffb, 8, 0, 0, 0, 0, 0, 0, 32, 0, 0, 39, 40 },
	[PCLNTAB_GO_1_16] = { 0xfffffffa, 8, 24, 32, 40, 48, 56, 0, 32, 36, 41, 43, 44 },
	[PCLNTAB_GO_1_18] = { 0xfffffff0, 4, 32, 40, 48, 56, 64, 24, 28, 32, 37, 39, 40 },
	[PCLNTAB_GO_1_20] = { 0xfffffff1, 4, 32, 40, 48, 56, 64, 24, 28, 32, 41, 43, 44 },
};

enum {
	HEADER_BYTES = 8,
	HEADER_MAX_BYTES = 72,
	N_FUNCTIONS_FIELD = 8,
	GO_1_2_PAIRS_AT = 16,
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
	for (size_t i = 0; i < sizeof(pclntab_fields) / sizeof(pclntab_fields[0]); i++) {
		if (pclntab_fields[i].magic != magic)
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
	uint64_t names_at, units_at, files_at, pctab_at, functab_at, pairs_at, text_va;
};

static bool read_field(struct span head, uint8_t field, uint64_t limit, uint64_t *ret)
{
	*ret = 0;
	return !field || (span_u64(head, field, ret) && *ret < limit);
}

static bool read_header(struct span head, uint64_t n_bytes, struct header *ret)
{
	const struct pclntab_fields *fields;
	struct header header;

	if (!header_is_valid(head, &header.format))
		return false;
	fields = &pclntab_fields[header.format];
	if (!span_u64(head, N_FUNCTIONS_FIELD, &header.n_functions) ||
	    !read_field(head, fields->names_field, n_bytes, &header.names_at) ||
	    !read_field(head, fields->units_field, n_bytes, &header.units_at) ||
	    !read_field(head, fields->files_field, n_bytes, &header.files_at) ||
	    !read_field(head, fields->pctab_field, n_bytes, &header.pctab_at) ||
	    !read_field(head, fields->functab_field, n_bytes, &header.functab_at) ||
	    !read_field(head, fields->text_field, UINT64_MAX, &header.text_va))
		return false;
	header.pairs_at = header.format == PCLNTAB_GO_1_2 ? GO_1_2_PAIRS_AT : header.functab_at;
	if (header.pairs_at >= n_bytes || header.n_functions == 0 ||
	    header.n_functions >= (n_bytes - header.pairs_at) / (2 * fields->pair_word_bytes))
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
	return pclntab_fields[table->format].pair_word_bytes == 8 || header->text_va ? 0 : -ENOENT;
}

/*
 * Up to Go 1.15 one table has the files of the whole program. It is found behind the pairs, and
 * holds how many they are in front.
 */
static struct span files_of_program(const struct pclntab *table)
{
	uint32_t at;

	if (!span_u32(table->pairs, (2 * table->n_functions + 1) * 8, &at))
		at = UINT32_MAX;
	return span_from(table->data, at);
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
	table->files = span_from(table->data, header.files_at);
	table->pctab = span_from(table->data, header.pctab_at);
	table->functab = span_from(table->data, header.functab_at);
	table->pairs = span_from(table->data, header.pairs_at);
	table->units =
		header.units_at ? span_from(table->data, header.units_at) : files_of_program(table);
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
