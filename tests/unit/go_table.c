/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go_table.h"

#include <criterion/criterion.h>
#include <string.h>

static uint64_t put(struct bytes *bytes, const void *data, size_t n)
{
	uint64_t at = bytes->n;

	cr_assert_leq(at + n, sizeof(bytes->at));
	memcpy(bytes->at + at, data, n);
	bytes->n += n;
	return at;
}

static void put_u32(struct bytes *bytes, uint32_t value)
{
	put(bytes, &value, sizeof(value));
}

static void put_u64(struct bytes *bytes, uint64_t value)
{
	put(bytes, &value, sizeof(value));
}

static void align(struct bytes *bytes, size_t to)
{
	while (bytes->n % to)
		bytes->at[bytes->n++] = 0;
}

/* debug/gosym/pclntab.go tells the header's fields, runtime/symtab.go those of moduledata and
 * _func. */
static const char magic_of[][8] = {
	[15] = "\xfb\xff\xff\xff\0\0\1\x08", [16] = "\xfa\xff\xff\xff\0\0\1\x08",
	[17] = "\xfa\xff\xff\xff\0\0\1\x08", [18] = "\xf0\xff\xff\xff\0\0\1\x08",
	[19] = "\xf0\xff\xff\xff\0\0\1\x08", [20] = "\xf1\xff\xff\xff\0\0\1\x08",
};

static void put_header(struct go_image *image, struct bytes *table)
{
	put(table, magic_of[image->go_minor < 20 ? image->go_minor : 20], 8);
	put_u64(table, image->n_functions);
	if (image->go_minor <= 15)
		return;
	put_u64(table, 1); /* files */
	if (image->go_minor >= 18) /* textStart, which 1.26 no longer fills in */
		put_u64(table, image->go_minor >= 26 ? 0 : GO_IMAGE_TEXT_VA);
	for (int i = 0; i < 5; i++) /* funcname, cu, filetab, pctab, pcln */
		put_u64(table, 0);
}

static void put_varint(struct bytes *table, uint32_t value)
{
	while (value >= 0x80) {
		uint8_t byte = value | 0x80;

		put(table, &byte, 1);
		value >>= 7;
	}
	put(table, &(uint8_t){ value }, 1);
}

/* The table of SP's distance from the return address, which is the same throughout. */
static uint32_t put_sp_table(const struct go_image_function *function, struct bytes *table)
{
	uint32_t at = table->n;

	put_varint(table, 2 * (function->frame_bytes + 1)); /* counts from -1, zigzag-coded */
	put_varint(table, function->n_bytes + 32);
	put_varint(table, 0);
	return at;
}

/* From which 1.x on the header has offsets of the areas, and where. */
static void set_areas(struct go_image *image, struct bytes *table)
{
	int names_field = image->go_minor >= 18 ? 32 : 24;

	if (image->go_minor <= 15)
		return;
	bytes_set_u64(table, names_field, image->names_at);
	bytes_set_u64(table, names_field + 8, image->units_at);
	bytes_set_u64(table, names_field + 16, image->files_at);
	bytes_set_u64(table, names_field + 24, image->pctab_at);
	bytes_set_u64(table, names_field + 32, image->pairs_at);
}

/* The line of each byte. */
static uint32_t put_line_table(const struct go_image_function *function, struct bytes *table)
{
	uint32_t at = table->n;

	put_varint(table, 2 * (function->line + 1));
	put_varint(table, 1);
	for (size_t i = 1; i < function->n_bytes; i++) {
		put_varint(table, 1 << 1);
		put_varint(table, i + 1 < function->n_bytes ? 1 : 33);
	}
	put_varint(table, 0);
	return at;
}

/* The number of the file that has them: of the unit's second, or of one in the whole program. */
static uint32_t put_file_table(const struct go_image *image,
			       const struct go_image_function *function, struct bytes *table)
{
	uint32_t at = table->n;
	uint32_t number = image->go_minor <= 15 ? function - image->functions + 1 : 1;

	put_varint(table, 2 * (number + 1));
	put_varint(table, function->n_bytes + 32);
	put_varint(table, 0);
	return at;
}

static uint32_t put_name(struct bytes *table, const char *name)
{
	return put(table, name, strlen(name) + 1);
}

/* The table of the inlined calls' indices 0, 1, …, one for each byte of the code, then -1 for the
 * rest. */
static uint32_t put_inline_index(const struct go_image_function *function, struct bytes *table)
{
	uint32_t at = table->n;

	for (size_t i = 0; i < function->n_inlined; i++) {
		put_varint(table, 1 << 1); /* one up, zigzag-coded */
		put_varint(table, 1);
	}
	put_varint(table, 2 * function->n_inlined - 1); /* back to -1 */
	put_varint(table, 8);
	put_varint(table, 0);
	return at;
}

static void put_record(const struct go_image *image, const struct go_image_function *function,
		       uint32_t name_off, uint32_t tree_off, struct bytes *table)
{
	int minor = image->go_minor, tree_index = minor >= 16 ? 3 : 4;
	bool has_tree = function->n_inlined > 0;
	uint8_t tail[4] = { function->id, function->flags, 0, has_tree ? tree_index + 1 : 0 };

	if (minor >= 18)
		put_u32(table, function->va - GO_IMAGE_TEXT_VA);
	else
		put_u64(table, function->va);
	put_u32(table, name_off);
	put_u32(table, 0x80000000); /* args: abi.ArgsSizeUnknown */
	put_u32(table, 0); /* deferreturn */
	put_u32(table, function->sp_table_off);
	put_u32(table, function->file_table_off);
	put_u32(table, function->line_table_off);
	put_u32(table, has_tree ? 3 : 0); /* npcdata */
	if (minor >= 16) /* cuOffset: each function is a unit with two files */
		put_u32(table, 2 * (function - image->functions));
	if (minor >= 20)
		put_u32(table, 1); /* startLine */
	if (minor < 17)
		tail[1] = 0;
	put(table, tail, sizeof(tail));
	if (!has_tree)
		return;
	put_u32(table, 0);
	put_u32(table, 0);
	put_u32(table, function->inline_index_off); /* PCDATA 2: the inline index */
	/* Then FUNCDATA, the last of them the inline tree: pointers up to 1.17. */
	if (minor <= 17)
		align(table, 8);
	for (int i = 0; i < tree_index; i++)
		put(table, "\xff\xff\xff\xff\xff\xff\xff\xff", minor <= 17 ? 8 : 4);
	if (minor <= 17)
		put_u64(table, GO_IMAGE_TABLE_VA + image->trees_at + tree_off);
	else
		put_u32(table, tree_off);
}

static uint32_t put_tree(const struct go_image *image, const struct go_image_function *function,
			 const uint32_t *name_offs, struct bytes *trees)
{
	uint32_t at = trees->n;

	for (size_t i = 0; i < function->n_inlined; i++) {
		if (image->go_minor < 20) { /* parent, funcID, pad, file, line */
			put_u32(trees, 0xffff | function->inlined_ids[i] << 16);
			put_u32(trees, 0);
			put_u32(trees, 1);
		} else {
			put_u32(trees, function->inlined_ids[i]); /* funcID, pad */
		}
		put_u32(trees, name_offs[i]);
		put_u32(trees, function->parent_offs[i]);
		if (image->go_minor >= 20)
			put_u32(trees, 1); /* startLine */
	}
	return at;
}

/*
 * The names of the source files and, by units of two of which the first is none, where each begins;
 * up to 1.15 one list for all, with how many they are in front.
 */
static void put_files(struct go_image *image, struct bytes *table)
{
	bool is_old = image->go_minor <= 15;
	uint32_t offs[GO_IMAGE_MAX_FUNCTIONS];

	image->files_at = is_old ? 0 : table->n;
	for (size_t i = 0; i < image->n_functions; i++) {
		const char *file = image->functions[i].file;

		offs[i] = file ? put_name(table, file) - image->files_at : UINT32_MAX;
	}
	put(table, "", 1);
	align(table, 4);
	image->units_at = table->n;
	if (is_old)
		put_u32(table, image->n_functions);
	for (size_t i = 0; i < image->n_functions; i++) {
		if (!is_old)
			put_u32(table, UINT32_MAX);
		put_u32(table, offs[i]);
	}
}

/* Offsets of what the functions' records refer to. */
struct refs {
	uint32_t names[GO_IMAGE_MAX_FUNCTIONS], trees[GO_IMAGE_MAX_FUNCTIONS];
	uint32_t inlined[GO_IMAGE_MAX_FUNCTIONS][GO_IMAGE_MAX_INLINED];
};

static void put_names(struct go_image *image, struct refs *refs, struct bytes *table)
{
	put(table, "", 1);
	for (size_t i = 0; i < image->n_functions; i++) {
		const struct go_image_function *function = &image->functions[i];

		refs->names[i] = put_name(table, function->name) - image->names_at;
		for (size_t k = 0; k < function->n_inlined; k++)
			refs->inlined[i][k] =
				put_name(table, function->inlined[k]) - image->names_at;
	}
}

/* The tables by instruction, then the inline trees. */
static void put_pctab(struct go_image *image, struct refs *refs, struct bytes *table)
{
	static struct bytes trees;

	trees.n = 0;
	if (image->go_minor > 15)
		image->pctab_at = table->n;
	put(table, "", 1);
	for (size_t i = 0; i < image->n_functions; i++) {
		struct go_image_function *function = &image->functions[i];

		function->sp_table_off = put_sp_table(function, table) - image->pctab_at;
		if (function->file) {
			function->file_table_off =
				put_file_table(image, function, table) - image->pctab_at;
			function->line_table_off =
				put_line_table(function, table) - image->pctab_at;
		}
		if (!function->n_inlined)
			continue;
		function->inline_index_off = put_inline_index(function, table) - image->pctab_at;
		refs->trees[i] = put_tree(image, function, refs->inlined[i], &trees);
	}
	image->trees_at = put(table, trees.at, trees.n);
}

/* The records, and the pairs that lead to them. */
static void put_records(struct go_image *image, const struct refs *refs, struct bytes *table)
{
	size_t n = image->n_functions, word = image->go_minor >= 18 ? 4 : 8;
	uint64_t areas_base = image->go_minor <= 15 ? 0 : image->pairs_at;
	uint64_t text_base = word == 4 ? GO_IMAGE_TEXT_VA : 0;
	uint64_t pairs_end = GO_IMAGE_TEXT_VA + image->n_text - text_base;
	uint8_t *pairs = table->at + image->pairs_at;

	for (size_t i = 0; i < n; i++) {
		uint64_t pair[2] = { image->functions[i].va - text_base, 0 };

		align(table, 8);
		image->functions[i].record_at = table->n;
		pair[1] = table->n - areas_base;
		put_record(image, &image->functions[i], refs->names[i], refs->trees[i], table);
		for (int half = 0; half < 2; half++)
			memcpy(pairs + (2 * i + half) * word, &pair[half], word);
	}
	memcpy(pairs + 2 * n * word, &pairs_end, word);
	/* Up to 1.15 the place of the files follows. */
	if (image->go_minor <= 15)
		memcpy(pairs + (2 * n + 1) * word, &image->units_at, 4);
}

void go_table_build(struct go_image *image, struct bytes *table)
{
	size_t pairs_bytes = 2 * (image->n_functions + 1) * (image->go_minor >= 18 ? 4 : 8);
	struct refs refs = { 0 };

	put_header(image, table);
	/* Up to 1.15 the pairs follow the header, and all offsets count from the table's start. */
	if (image->go_minor <= 15) {
		image->pairs_at = table->n;
		table->n += pairs_bytes;
	} else {
		image->names_at = table->n;
	}
	put_names(image, &refs, table);
	put_files(image, table);
	put_pctab(image, &refs, table);
	align(table, 8);
	if (image->go_minor > 15) {
		image->pairs_at = table->n;
		table->n += pairs_bytes;
	}
	put_records(image, &refs, table);
	set_areas(image, table);
	align(table, 8);
	image->table_bytes = table->n;
}
