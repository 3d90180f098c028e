/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go_image.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A table under construction. */
struct bytes {
	uint8_t at[1 << 14];
	size_t n;
};

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

static void set_u64(struct bytes *bytes, uint64_t at, uint64_t value)
{
	memcpy(bytes->at + at, &value, sizeof(value));
}

static void align(struct bytes *bytes, size_t to)
{
	while (bytes->n % to)
		bytes->at[bytes->n++] = 0;
}

void go_image_init(struct go_image *image, int go_minor)
{
	memset(image, 0, sizeof(*image));
	elf_image_init(&image->elf);
	image->go_minor = go_minor;
	image->has_sections = true;
	image->has_module = true;
	/* Symbol 0 and the empty name are the ELF format's own. */
	image->n_symbols = 1;
	image->n_symbol_names = 1;
}

void go_image_fini(struct go_image *image)
{
	elf_image_fini(&image->elf);
}

size_t go_image_add(struct go_image *image, const char *name, const void *code, size_t n_bytes)
{
	cr_assert_lt(image->n_functions, GO_IMAGE_MAX_FUNCTIONS);
	cr_assert_leq(image->n_text + n_bytes + 32, sizeof(image->text));
	image->functions[image->n_functions] = (struct go_image_function){
		.name = name,
		.va = GO_IMAGE_TEXT_VA + image->n_text,
		.n_bytes = n_bytes,
	};
	memcpy(image->text + image->n_text, code, n_bytes);
	image->n_text += n_bytes;
	while (image->n_text % 32)
		image->text[image->n_text++] = 0xcc;
	return image->n_functions++;
}

void go_image_aim(struct go_image *image, size_t from, size_t rel32_at, size_t to)
{
	uint64_t at_va = image->functions[from].va + rel32_at;
	int32_t rel = (int32_t)(image->functions[to].va - (at_va + 4));

	memcpy(image->text + (at_va - GO_IMAGE_TEXT_VA), &rel, sizeof(rel));
}

void go_image_symbol(struct go_image *image, const char *name, uint8_t type, uint64_t va,
		     uint64_t n_bytes)
{
	cr_assert_lt(image->n_symbols, GO_IMAGE_MAX_FUNCTIONS);
	image->symbols[image->n_symbols++] = (Elf64_Sym){
		.st_name = image->n_symbol_names,
		.st_info = ELF64_ST_INFO(STB_LOCAL, type),
		.st_shndx = 1,
		.st_value = va,
		.st_size = n_bytes,
	};
	strcpy(image->symbol_names + image->n_symbol_names, name);
	image->n_symbol_names += strlen(name) + 1;
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
	set_u64(table, names_field, image->names_at);
	set_u64(table, names_field + 8, image->names_at);
	set_u64(table, names_field + 16, image->names_at);
	set_u64(table, names_field + 24, image->pctab_at);
	set_u64(table, names_field + 32, image->pairs_at);
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
	put_u32(table, 0); /* args */
	put_u32(table, 0); /* deferreturn */
	put_u32(table, function->sp_table_off);
	put_u32(table, 0); /* pcfile */
	put_u32(table, 0); /* pcln */
	put_u32(table, has_tree ? 3 : 0); /* npcdata */
	if (minor >= 16)
		put_u32(table, 0); /* cuOffset */
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
			put_u32(trees, 0xffff);
			put_u32(trees, 0);
			put_u32(trees, 1);
		} else {
			put_u32(trees, 0); /* funcID, pad */
		}
		put_u32(trees, name_offs[i]);
		put_u32(trees, 0); /* parentPc */
		if (image->go_minor >= 20)
			put_u32(trees, 1); /* startLine */
	}
	return at;
}

static void build_table(struct go_image *image, struct bytes *table)
{
	uint32_t name_off[GO_IMAGE_MAX_FUNCTIONS];
	uint32_t tree_off[GO_IMAGE_MAX_FUNCTIONS] = { 0 };
	uint32_t inlined_off[GO_IMAGE_MAX_FUNCTIONS][GO_IMAGE_MAX_INLINED];
	static struct bytes trees;
	size_t n = image->n_functions, word = image->go_minor >= 18 ? 4 : 8;
	uint64_t pairs_end, areas_base;

	trees.n = 0;
	put_header(image, table);
	/* Up to 1.15 the pairs follow the header, and all offsets count from the table's start. */
	if (image->go_minor <= 15) {
		image->pairs_at = table->n;
		table->n += 2 * word * (n + 1);
	} else {
		image->names_at = table->n;
	}
	put(table, "", 1);
	for (size_t i = 0; i < n; i++) {
		name_off[i] = put_name(table, image->functions[i].name) - image->names_at;
		for (size_t k = 0; k < image->functions[i].n_inlined; k++)
			inlined_off[i][k] =
				put_name(table, image->functions[i].inlined[k]) - image->names_at;
	}
	if (image->go_minor > 15)
		image->pctab_at = table->n;
	put(table, "", 1);
	for (size_t i = 0; i < n; i++) {
		struct go_image_function *function = &image->functions[i];

		function->sp_table_off = put_sp_table(function, table) - image->pctab_at;
		if (!function->n_inlined)
			continue;
		function->inline_index_off = put_inline_index(function, table) - image->pctab_at;
		tree_off[i] = put_tree(image, function, inlined_off[i], &trees);
	}
	image->trees_at = put(table, trees.at, trees.n);
	align(table, 8);
	if (image->go_minor > 15) {
		image->pairs_at = table->n;
		table->n += 2 * word * (n + 1);
	}
	areas_base = image->go_minor <= 15 ? 0 : image->pairs_at;
	for (size_t i = 0; i < n; i++) {
		uint64_t pair[2] = { image->functions[i].va, 0 };

		align(table, 8);
		image->functions[i].record_at = table->n;
		pair[1] = table->n - areas_base;
		put_record(image, &image->functions[i], name_off[i], tree_off[i], table);
		if (word == 4)
			pair[0] -= GO_IMAGE_TEXT_VA;
		for (int half = 0; half < 2; half++)
			memcpy(table->at + image->pairs_at + (2 * i + half) * word, &pair[half],
			       word);
	}
	pairs_end = (word == 4 ? 0 : GO_IMAGE_TEXT_VA) + image->n_text;
	memcpy(table->at + image->pairs_at + 2 * n * word, &pairs_end, word);
	set_areas(image, table);
	align(table, 8);
	image->table_bytes = table->n;
}

static void build_data(const struct go_image *image, struct bytes *data)
{
	bool is_old = image->go_minor <= 17;
	char version[32];
	uint64_t gofunc_at = image->go_minor >= 27   ? 344
			     : image->go_minor >= 20 ? 320
			     : image->go_minor >= 18 ? 304
						     : 0;
	uint64_t text_at = image->go_minor <= 15 ? 96 : 176;

	data->n = 0x400;
	memset(data->at, 0, data->n);
	snprintf(version, sizeof(version), "go1.%d.1", image->go_minor);
	memcpy(data->at, "\xff Go buildinf:\x08", 15);
	data->at[15] = is_old ? 0 : 2;
	if (is_old) {
		set_u64(data, 16, GO_IMAGE_DATA_VA + 0x40);
		set_u64(data, 0x40, GO_IMAGE_DATA_VA + 0x60);
		set_u64(data, 0x48, strlen(version));
		memcpy(data->at + 0x60, version, strlen(version));
	} else {
		data->at[32] = strlen(version);
		memcpy(data->at + 33, version, strlen(version));
	}
	if (!image->has_module)
		return;
	set_u64(data, GO_IMAGE_MODULE_AT, GO_IMAGE_TABLE_VA);
	if (image->go_minor > 15)
		set_u64(data, GO_IMAGE_MODULE_AT + 8, GO_IMAGE_TABLE_VA + image->names_at);
	set_u64(data, GO_IMAGE_MODULE_AT + text_at, GO_IMAGE_TEXT_VA);
	set_u64(data, GO_IMAGE_MODULE_AT + text_at + 8, GO_IMAGE_TEXT_VA + image->n_text);
	if (gofunc_at)
		set_u64(data, GO_IMAGE_MODULE_AT + gofunc_at, GO_IMAGE_TABLE_VA + image->trees_at);
}

static void add_sections(struct go_image *image)
{
	struct elf_image *elf = &image->elf;
	uint64_t symbols_off, names_off;
	uint32_t names;

	elf_image_section(elf, ".text", SHT_PROGBITS, GO_IMAGE_TEXT_VA, image->text_off,
			  image->n_text, 0);
	elf_image_section(elf, ".gopclntab", SHT_PROGBITS, GO_IMAGE_TABLE_VA, image->table_off,
			  image->table_bytes, 0);
	elf_image_section(elf, ".go.buildinfo", SHT_PROGBITS, GO_IMAGE_DATA_VA, image->data_off,
			  0x100, 0);
	if (image->n_symbols == 1)
		return;
	names_off = elf_image_append(elf, image->symbol_names, image->n_symbol_names);
	names = elf_image_section(elf, ".strtab", SHT_STRTAB, 0, names_off, image->n_symbol_names,
				  0);
	symbols_off =
		elf_image_append(elf, image->symbols, image->n_symbols * sizeof(image->symbols[0]));
	elf_image_section(elf, ".symtab", SHT_SYMTAB, 0, symbols_off,
			  image->n_symbols * sizeof(image->symbols[0]), names);
}

void go_image_finish(struct go_image *image)
{
	static struct bytes table, data;

	table.n = 0;
	build_table(image, &table);
	build_data(image, &data);
	image->text_off = elf_image_segment(&image->elf, PT_LOAD, PF_R | PF_X, GO_IMAGE_TEXT_VA,
					    image->text, image->n_text);
	image->table_off =
		elf_image_segment(&image->elf, PT_LOAD, PF_R, GO_IMAGE_TABLE_VA, table.at, table.n);
	image->data_off = elf_image_segment(&image->elf, PT_LOAD, PF_R | PF_W, GO_IMAGE_DATA_VA,
					    data.at, data.n);
	if (image->has_sections)
		add_sections(image);
	elf_image_finish(&image->elf);
}

struct go_binary *go_image_open(struct go_image *image)
{
	struct go_binary *binary = NULL;
	struct reason why = { "" };

	go_image_finish(image);
	cr_assert_eq(go_binary_open(elf_image_write(&image->elf), &binary, &why), 0, "%s",
		     why.text);
	return binary;
}
