/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go_image.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "go_table.h"

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

static void put_type_bytes(struct go_image *image, const void *data, size_t n_bytes)
{
	cr_assert_leq(image->n_types + n_bytes, sizeof(image->types));
	memcpy(image->types + image->n_types, data, n_bytes);
	image->n_types += n_bytes;
}

/* A byte of flags, the length as the release has it, and the text. */
static void put_name(struct go_image *image, const char *name)
{
	size_t length = strlen(name);
	uint8_t short_length = length, high_first[2] = { length >> 8, length },
		varint[2] = { length | 0x80, length >> 7 };

	put_type_bytes(image, "", 1);
	if (image->go_minor <= 16)
		put_type_bytes(image, high_first, 2);
	else if (length < 0x80)
		put_type_bytes(image, &short_length, 1);
	else
		put_type_bytes(image, varint, 2);
	put_type_bytes(image, name, length);
}

static uint64_t type_va(uint64_t at)
{
	return GO_IMAGE_DATA_VA + GO_IMAGE_TYPES_AT + at;
}

static void align_types(struct go_image *image)
{
	image->n_types = image->n_types ? (image->n_types + 7) & ~7UL : 8;
}

uint64_t go_image_add_type(struct go_image *image, const struct go_image_type *type)
{
	uint8_t descriptor[72] = { [20] = type->flags, [23] = type->kind };
	bool is_struct = type->fields_va;
	uint32_t name_off;
	uint64_t at;

	align_types(image);
	at = image->n_types;
	name_off = at + sizeof(descriptor);
	memcpy(descriptor, &type->n_bytes, 8);
	memcpy(descriptor + 8, &type->pointer_bytes, 8);
	memcpy(descriptor + 40, &name_off, 4);
	memcpy(descriptor + 48, &type->element_va, 8);
	memcpy(descriptor + 56, &type->fields_va, 8);
	memcpy(descriptor + 64, is_struct ? &type->n_fields : &type->n_elements, 8);
	put_type_bytes(image, descriptor, sizeof(descriptor));
	put_name(image, type->name);
	return type_va(at);
}

uint64_t go_image_add_fields(struct go_image *image, const struct go_image_field *fields, size_t n)
{
	uint64_t names[16], at;

	cr_assert_leq(n, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < n; i++) {
		names[i] = type_va(image->n_types);
		put_name(image, fields[i].name);
	}
	align_types(image);
	at = image->n_types;
	for (size_t i = 0; i < n; i++) {
		/* With a bit for embedded ones below. */
		uint64_t off = image->go_minor <= 18 ? fields[i].off << 1 | 1 : fields[i].off;

		put_type_bytes(image, &names[i], 8);
		put_type_bytes(image, &fields[i].type_va, 8);
		put_type_bytes(image, &off, 8);
	}
	return type_va(at);
}

/* Where moduledata has the address of the types; it has that of their end behind it. */
static uint64_t types_field(int go_minor)
{
	if (go_minor <= 15)
		return 200;
	return go_minor <= 19 ? 280 : 296;
}

static void set_types(const struct go_image *image, struct bytes *data)
{
	uint64_t at = GO_IMAGE_MODULE_AT + types_field(image->go_minor);
	uint64_t types_va = GO_IMAGE_DATA_VA + GO_IMAGE_TYPES_AT;

	if (image->n_types == 0)
		return;
	memcpy(data->at + GO_IMAGE_TYPES_AT, image->types, image->n_types);
	data->n = GO_IMAGE_TYPES_AT + image->n_types;
	bytes_set_u64(data, at, types_va);
	bytes_set_u64(data, at + (image->go_minor >= 27 ? 16 : 8), types_va + image->n_types);
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

	data->n = GO_IMAGE_TYPES_AT;
	memset(data->at, 0, data->n);
	snprintf(version, sizeof(version), "go1.%d.1", image->go_minor);
	memcpy(data->at, "\xff Go buildinf:\x08", 15);
	data->at[15] = is_old ? 0 : 2;
	if (is_old) {
		bytes_set_u64(data, 16, GO_IMAGE_DATA_VA + 0x40);
		bytes_set_u64(data, 0x40, GO_IMAGE_DATA_VA + 0x60);
		bytes_set_u64(data, 0x48, strlen(version));
		memcpy(data->at + 0x60, version, strlen(version));
	} else {
		data->at[32] = strlen(version);
		memcpy(data->at + 33, version, strlen(version));
	}
	if (!image->has_module)
		return;
	set_types(image, data);
	bytes_set_u64(data, GO_IMAGE_MODULE_AT, GO_IMAGE_TABLE_VA);
	if (image->go_minor > 15)
		bytes_set_u64(data, GO_IMAGE_MODULE_AT + 8, GO_IMAGE_TABLE_VA + image->names_at);
	bytes_set_u64(data, GO_IMAGE_MODULE_AT + text_at, GO_IMAGE_TEXT_VA);
	bytes_set_u64(data, GO_IMAGE_MODULE_AT + text_at + 8, GO_IMAGE_TEXT_VA + image->n_text);
	if (gofunc_at)
		bytes_set_u64(data, GO_IMAGE_MODULE_AT + gofunc_at,
			      GO_IMAGE_TABLE_VA + image->trees_at);
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
	go_table_build(image, &table);
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
