/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/stat.h>

#include "elf_image.h"
#include "go/binary.h"
#include "go/runtime_type.h"
#include "go_image.h"
#include "plan/disasm.h"
#include "require.h"
#include "wire_image.h"

/*
 * seeds FOLDER [GO_PROGRAM...]: writes inputs that the fuzzers begin with to FOLDER/READER: small
 * programs of each Go release, with code and names from real programs. What the inputs consist of
 * stands in each X_fuzz.c.
 */
static const char *folder;

struct seed {
	uint8_t bytes[1 << 16];
	size_t n;
};

static void add(struct seed *seed, const void *data, size_t n_bytes)
{
	require(n_bytes <= sizeof(seed->bytes) - seed->n);
	memcpy(seed->bytes + seed->n, data, n_bytes);
	seed->n += n_bytes;
}

static void add_u8(struct seed *seed, uint8_t value)
{
	add(seed, &value, 1);
}

static void add_u16(struct seed *seed, uint16_t value)
{
	add(seed, &value, 2);
}

static void save(const char *reader, const void *data, size_t n_bytes)
{
	static unsigned int n;
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, reader);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/%s/seed-%u", folder, reader, n++);
	file = fopen(path, "w");
	require(file);
	require(fwrite(data, 1, n_bytes, file) == n_bytes);
	require(fclose(file) == 0);
}

/*
 * What a function with a stack check looks like; its call leads to where images begin, at which is
 * runtime.morestack_noctxt, from the place of the third function.
 */
static const uint8_t checked[] = {
	0x49, 0x3b, 0x66, 0x10, 0x76, 0x0e, 0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec, 0x10,
	0x48, 0x83, 0xc4, 0x10, 0x5d, 0xc3, 0xe8, 0xa7, 0xff, 0xff, 0xff, 0xeb, 0xe5,
};

static const uint8_t leaf[] = { 0x55, 0x48, 0x89, 0xe5, 0x5d, 0xc3 };

/* Real functions, in the order of their addresses from one on, and the program that has them. */
struct piece {
	const struct go_binary *binary;
	size_t first;
};

/* Lets the calls of real code that grow the stack, or switch it, lead to the image's functions. */
static void aim_calls(const struct go_binary *binary, uint64_t va, uint8_t *code, size_t n_bytes,
		      uint64_t new_va)
{
	struct insn insn;

	for (size_t at = 0; at < n_bytes; at += insn.n_bytes) {
		const struct go_function *callee;
		int32_t rel;

		if (!disasm(code + at, n_bytes - at, va + at, &insn))
			return;
		if (insn.kind != INSN_CALL || insn.n_bytes != 5 ||
		    !(callee = go_binary_function_at(binary, insn.target_va)))
			continue;
		if (strncmp(callee->name, "runtime.morestack", 17) == 0)
			rel = (int32_t)(GO_IMAGE_TEXT_VA - (new_va + at + 5));
		else if (strcmp(callee->name, "runtime.gogo") == 0)
			rel = (int32_t)(GO_IMAGE_TEXT_VA + 32 - (new_va + at + 5));
		else
			continue;
		memcpy(code + at + 1, &rel, sizeof(rel));
	}
}

/* Adds a function to an image, and as code_fuzz.c takes it. */
static void add_function(struct go_image *image, struct seed *code, const char *name,
			 const uint8_t *bytes, size_t n_bytes)
{
	go_image_add(image, name, bytes, n_bytes);
	add_u8(code, 0);
	add_u16(code, n_bytes - 1);
	add(code, bytes, n_bytes);
}

static void add_pieces(struct go_image *image, struct seed *code, struct piece piece)
{
	static const char *const names[] = { "runtime.recovery", "runtime.Goexit", "main.a",
					     "main.b" };

	/* These two code_fuzz.c adds by itself. */
	GO_IMAGE_ADD(image, "runtime.morestack_noctxt", 0x31, 0xd2, 0xc3);
	GO_IMAGE_ADD(image, "runtime.gogo", 0xff, 0xe3);
	add_function(image, code, "main.checked", checked, sizeof(checked));
	add_function(image, code, "main.leaf", leaf, sizeof(leaf));
	for (size_t i = 0, k = piece.first; piece.binary && i < 4 && k < piece.binary->n_functions;
	     k++) {
		const struct go_function *function = &piece.binary->functions[k];
		uint8_t bytes[512];

		if (function->n_bytes > sizeof(bytes) ||
		    elf_file_read_va(piece.binary->elf, function->va, bytes, function->n_bytes))
			continue;
		aim_calls(piece.binary, function->va, bytes, function->n_bytes,
			  GO_IMAGE_TEXT_VA + image->n_text);
		add_function(image, code, i < 2 ? names[i] : function->name, bytes,
			     function->n_bytes);
		i++;
	}
}

static void save_pclntab(const struct go_image *image)
{
	const uint8_t *bytes = image->elf.bytes;
	const uint64_t below_0 = -24;
	size_t table_at, word_bytes;
	static struct seed seed;

	seed.n = 0;
	add_u8(&seed, image->go_minor - 15);
	add_u8(&seed, image->has_sections);
	add(&seed, bytes + image->data_off + GO_IMAGE_MODULE_AT, 352);
	table_at = seed.n;
	add(&seed, bytes + image->table_off, image->data_off - image->table_off);
	save("pclntab", seed.bytes, seed.n);
	/* The same, with the offset of the first function's record just below 0. */
	word_bytes = image->go_minor >= 18 ? 4 : 8;
	memcpy(seed.bytes + table_at + image->pairs_at + word_bytes, &below_0, word_bytes);
	save("pclntab", seed.bytes, seed.n);
}

static void save_version(const struct go_image *image)
{
	static struct seed seed;

	seed.n = 0;
	add_u8(&seed, image->has_sections);
	add(&seed, image->elf.bytes + image->data_off, 0x80);
	save("version", seed.bytes, seed.n);
}

static void save_symtab(const struct go_image *image)
{
	static struct seed seed;

	seed.n = 0;
	add_u16(&seed, image->n_symbols * sizeof(image->symbols[0]));
	add(&seed, image->symbols, image->n_symbols * sizeof(image->symbols[0]));
	add(&seed, image->symbol_names, image->n_symbol_names);
	save("symtab", seed.bytes, seed.n);
}

/* Three functions with the same _func, index table and tree, as inline_fuzz.c has them. */
static void save_inline(const struct go_image *image)
{
	const struct go_image_function *function = &image->functions[2];
	const uint8_t *table = image->elf.bytes + image->table_off;
	size_t tail = function->record_at + (image->go_minor >= 18 ? 0 : 4) + 8;
	static struct seed seed;

	seed.n = 0;
	add_u8(&seed, image->go_minor - 15);
	for (int i = 0; i < 3; i++)
		add(&seed, table + tail, image->functions[3].record_at - tail);
	add(&seed, table + image->pctab_at,
	    image->go_minor > 15 ? image->trees_at - image->pctab_at : 32);
	add(&seed, table + image->trees_at, 64);
	save("inline", seed.bytes, seed.n);
}

/* A struct, a pointer to it and an array of it, as type_fuzz.c has them. */
static void save_types(struct go_image *image)
{
	const struct go_image_type number = { .name = "int", .kind = GO_INT, .n_bytes = 8 };
	uint64_t number_va = go_image_add_type(image, &number);
	const struct go_image_field fields[] = { { "X", number_va, 0 }, { "Y", number_va, 8 } };
	struct go_image_type type = {
		.name = "*main.point",
		.kind = GO_STRUCT,
		.flags = 2,
		.n_bytes = 16,
		.fields_va = go_image_add_fields(image, fields, 2),
		.n_fields = 2,
	};
	static struct seed seed;

	type.element_va = go_image_add_type(image, &type);
	type.kind = GO_POINTER | (image->go_minor >= 26 ? 0 : 32);
	type.flags = image->go_minor >= 26 ? 32 : 0;
	type.n_bytes = type.pointer_bytes = 8;
	type.fields_va = type.n_fields = 0;
	go_image_add_type(image, &type);
	go_image_add_type(image, &(struct go_image_type){ .name = "[3]main.point",
							  .kind = GO_ARRAY,
							  .n_bytes = 48,
							  .element_va = type.element_va,
							  .n_elements = 3 });
	seed.n = 0;
	add_u8(&seed, image->go_minor - 15);
	add(&seed, image->types, image->n_types);
	save("type", seed.bytes, seed.n);
}

static void save_image(int go_minor, bool has_sections, struct piece piece)
{
	static struct go_image image;
	static struct seed code;

	go_image_init(&image, go_minor);
	image.has_sections = has_sections;
	code.n = 0;
	add_u8(&code, go_minor - 15);
	add_pieces(&image, &code, piece);
	for (size_t i = 0; i < image.n_functions; i++) {
		if (i < 2)
			continue;
		image.functions[i].inlined[0] = "main.inlined";
		image.functions[i].inlined[1] = "strings.(*Builder).grow";
		image.functions[i].parent_offs[1] = 1;
		image.functions[i].n_inlined = 2;
		image.functions[i].file = "main.go";
		image.functions[i].line = 10 * i;
	}
	if (has_sections)
		for (size_t i = 0; i < image.n_functions && i < 6; i++)
			go_image_symbol(&image, image.functions[i].name, STT_FUNC,
					image.functions[i].va, image.functions[i].n_bytes);
	save_types(&image);
	go_image_finish(&image);
	save("binary", image.elf.bytes, image.elf.n_bytes);
	if (go_minor == RUNTIME_LAYOUT_NEWEST_MINOR && !piece.binary)
		save("elf_file", image.elf.bytes, image.elf.n_bytes);
	save("code", code.bytes, code.n);
	save_pclntab(&image);
	save_version(&image);
	save_symtab(&image);
	save_inline(&image);
}

/* A real program's headers, with the contents of its segments and sections cut to nearly nothing.
 */
static void save_headers(const struct elf_file *elf)
{
	enum { KEPT_BYTES = 4096, KEPT = 64 };
	static struct seed seed;
	Elf64_Ehdr header;

	seed.n = 0;
	if (elf->n_bytes < KEPT_BYTES || elf_file_read(elf, 0, seed.bytes, KEPT_BYTES))
		return;
	seed.n = KEPT_BYTES;
	memcpy(&header, seed.bytes, sizeof(header));
	header.e_shoff = seed.n;
	memcpy(seed.bytes, &header, sizeof(header));
	for (size_t i = 0; i < elf->n_segments; i++) {
		Elf64_Phdr *segment = (Elf64_Phdr *)(seed.bytes + header.e_phoff) + i;

		segment->p_offset = segment->p_type == PT_LOAD ? 0 : segment->p_offset % KEPT_BYTES;
		if (segment->p_filesz > KEPT)
			segment->p_filesz = KEPT;
	}
	for (size_t i = 0; i < elf->n_sections; i++) {
		const struct elf_section *section = &elf->sections[i];
		bool is_names = i == header.e_shstrndx;
		Elf64_Shdr small = {
			.sh_name = section->name ? (uint8_t *)section->name -
							   (uint8_t *)elf->section_names.data
						 : 0,
			.sh_type = section->type,
			.sh_link = section->link,
			.sh_addr = section->va,
			.sh_offset = is_names ? KEPT_BYTES + elf->n_sections * sizeof(small)
					      : section->off % KEPT_BYTES,
			.sh_size = is_names ? elf->section_names.n_bytes : KEPT,
		};

		add(&seed, &small, sizeof(small));
	}
	add(&seed, elf->section_names.data, elf->section_names.n_bytes);
	save("elf_file", seed.bytes, seed.n);
}

static void save_version_of(const struct elf_file *elf)
{
	const struct elf_section *section = elf_file_section(elf, ".go.buildinfo");
	uint8_t bytes[1 + 256] = { 1 };
	size_t n_bytes = section && section->n_bytes < 256 ? section->n_bytes : 256;

	if (section && !elf_file_read(elf, section->off, bytes + 1, n_bytes))
		save("version", bytes, 1 + n_bytes);
}

static void add_text(struct seed *seed, const char *text)
{
	add(seed, text, strlen(text) + 1);
}

/* A structure's member, with its offset and, by abbreviation 3, the place of its type. */
static void add_member(struct seed *seed, const char *name, uint8_t off, uint32_t type)
{
	add_u8(seed, type ? 3 : 4);
	add_text(seed, name);
	add_u8(seed, off);
	if (type)
		add(seed, &type, sizeof(type));
}

/*
 * What follows the length of a unit: version, kind of unit, place of the abbreviations, word size.
 */
static void add_unit_header(struct seed *information, uint16_t version)
{
	add_u16(information, version);
	if (version == 5)
		add(information, "\1\x08\0\0\0\0", 6);
	else
		add(information, "\0\0\0\0\x08", 5);
}

static void save_unit(const struct span *abbreviations, struct seed *information,
		      const struct span *others)
{
	static struct seed input;
	uint32_t n_bytes = information->n - 4;

	input.n = 0;
	memcpy(information->bytes, &n_bytes, sizeof(n_bytes));
	add_u8(&input, 0);
	add_u16(&input, abbreviations->n_bytes);
	add_u16(&input, information->n);
	add(&input, abbreviations->data, abbreviations->n_bytes);
	add(&input, information->bytes, information->n);
	if (others)
		add(&input, others->data, others->n_bytes);
	save("dwarf", input.bytes, input.n);
}

/* A unit with runtime.g as the linker writes it, the type of its stack behind a typedef. */
static void save_dwarf(uint16_t version)
{
	static const uint8_t abbreviations[] = {
		1, 0x11, 1, 3, 8, 0,	0, /* compile unit: name */
		2, 0x13, 1, 3, 8, 0,	0, /* structure: name */
		3, 0x0d, 0, 3, 8, 0x38, 0x0f, 0x49, 0x10, 0, 0, /* member: name, offset, type */
		4, 0x0d, 0, 3, 8, 0x38, 0x0f, 0,    0, /* member: name, offset */
		5, 0x16, 0, 3, 8, 0x49, 0x10, 0,    0, /* typedef: name, type */
		0
	};
	struct seed information = { .n = 4 };
	uint32_t stack, n_bytes;

	add_unit_header(&information, version);
	add_u8(&information, 1);
	add_text(&information, "runtime");
	stack = information.n;
	add_u8(&information, 2);
	add_text(&information, "runtime.stack");
	add_member(&information, "lo", 0, 0);
	add_member(&information, "hi", 8, 0);
	add_u8(&information, 0);
	n_bytes = information.n;
	add_u8(&information, 5);
	add_text(&information, "runtime.stack");
	add(&information, &stack, sizeof(stack));
	add_u8(&information, 2);
	add_text(&information, "runtime.g");
	add_member(&information, "stack", 0, n_bytes);
	add_member(&information, "goid", 0x7f, 0);
	add(&information, "\0\0", 2);
	save_unit(&(struct span){ abbreviations, sizeof(abbreviations) }, &information, NULL);
}

/* A DIE's abbreviation, name and references to others, at places that are told later. */
static void add_die(struct seed *seed, uint8_t abbreviation, const char *name, const uint32_t *refs,
		    size_t n_refs)
{
	add_u8(seed, abbreviation);
	add_text(seed, name);
	for (size_t i = 0; i < n_refs; i++)
		add(seed, &refs[i], sizeof(refs[i]));
}

#define REFS(...)                                                                                  \
	(const uint32_t[]){ __VA_ARGS__ }, sizeof((uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t)

/* One type of each kind that leads on to others. */
static void add_types(struct seed *seed, uint32_t *ret_structure, uint32_t *ret_map)
{
	uint32_t base = seed->n, pointer, array;

	add_die(seed, 7, "int32", NULL, 0);
	add(seed, "\x05\x04", 2);
	pointer = seed->n;
	/* To the struct that follows, behind the array. */
	add_die(seed, 8, "*p", REFS(pointer + 8 + 13));
	array = seed->n;
	add_die(seed, 9, "[2]", REFS(base));
	add(seed, "\x08\x0a\x02\0", 4);
	require(seed->n == pointer + 8 + 13);
	*ret_structure = seed->n;
	add_die(seed, 5, "p", NULL, 0);
	add_u8(seed, 16);
	add_die(seed, 6, "next", REFS(pointer));
	add_u8(seed, 0);
	add_die(seed, 6, "pair", REFS(array));
	add(seed, "\x08\0", 2);
	*ret_map = seed->n;
	add_die(seed, 11, "map", REFS(base, *ret_structure));
	add_u8(seed, 0x15);
}

/*
 * A unit with a function whose parameters have a place and a list of places, and types; the other
 * sections begin with that list, or what in DWARF 5 leads to it.
 */
static void save_signature_dwarf(uint16_t version)
{
	static const char abbreviations[] =
		"\x01\x11\x01\x03\x08\x11\x01\x12\x06\0\0" /* unit: name, first byte, bytes */
		"\x02\x2e\x01\x11\x01\0\0" /* function: first byte */
		"\x03\x05\0\x03\x08\x49\x10\x4b\x0c\x02\x0a\0\0" /* parameter with a place */
		"\x04\x05\0\x03\x08\x49\x10\x4b\x0c\x02\x17\0\0" /* parameter with a list */
		"\x05\x13\x01\x03\x08\x0b\x0b\0\0" /* struct: name, size */
		"\x06\x0d\0\x03\x08\x49\x10\x38\x0f\0\0" /* member: name, type, offset */
		"\x07\x24\0\x03\x08\x80\x52\x0b\x0b\x0b\0\0" /* base type: name, kind, size */
		"\x08\x0f\0\x03\x08\x49\x10\0\0" /* pointer: name, type */
		"\x09\x01\x01\x03\x08\x49\x10\x0b\x0b\0\0" /* array: name, type, size */
		"\x0a\x21\0\x37\x0f\0\0" /* range: count */
		"\x0b\x16\0\x03\x08\x81\x52\x10\x82\x52\x10\x80\x52\x0b\0\0"; /* map */
	/* RAX and a word on the stack, from the function's first byte on. */
	static const char list_4[] = "\0\0\0\0\0\0\0\0\x20\0\0\0\0\0\0\0"
				     "\x07\0\x50\x93\x08\x91\x08\x93\x08"
				     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	static const char list_5[] = "\x04\0\x20\x07\x50\x93\x08\x91\x08\x93\x08";
	const struct span abbreviation_bytes = { (const uint8_t *)abbreviations,
						 sizeof(abbreviations) };
	struct span others = version == 5
				     ? (struct span){ (const uint8_t *)list_5, sizeof(list_5) }
				     : (struct span){ (const uint8_t *)list_4, sizeof(list_4) };
	struct seed information = { .n = 4 };
	const uint64_t va = 0x401000;
	uint32_t structure, map;

	add_unit_header(&information, version);
	add_die(&information, 1, "main", NULL, 0);
	add(&information, &va, sizeof(va));
	add(&information, "\x40\0\0", 4);
	add_types(&information, &structure, &map);
	add_u8(&information, 2);
	add(&information, &va, sizeof(va));
	add_die(&information, 3, "a", REFS(map));
	add(&information, "\0\x02\x91\x10", 4);
	add_die(&information, 4, "b", REFS(structure));
	add(&information, "\0\0\0\0", 5);
	add(&information, "\0\0", 2);
	save_unit(&abbreviation_bytes, &information, &others);
}

static void save_signature(void)
{
	struct wire_out out;
	static struct seed seed;
	struct span bytes;

	wire_image_init(&out);
	bytes = wire_image_bytes(&out);
	for (int i = 0; i < 2; i++) {
		seed.n = 0;
		/* Go 1.15, with all on the stack, and a later one. */
		add_u8(&seed, i ? 12 : 0);
		add(&seed, bytes.data, bytes.n_bytes);
		save("signature", seed.bytes, seed.n);
	}
	wire_image_fini(&out);
}

int main(int argc, char **argv)
{
	struct reason why = { "" };

	if (argc < 2) {
		fputs("usage: seeds FOLDER [GO_PROGRAM...]\n", stderr);
		return 2;
	}
	folder = argv[1];
	mkdir(folder, 0777);
	for (int go_minor = 15; go_minor <= 27; go_minor++)
		for (int has_sections = 0; has_sections < 2; has_sections++)
			save_image(go_minor, has_sections, (struct piece){ NULL, 0 });
	save_dwarf(4);
	save_dwarf(5);
	save_signature_dwarf(4);
	save_signature_dwarf(5);
	save_signature();
	for (int i = 2; i < argc; i++) {
		struct go_binary *binary;

		if (go_binary_open(argv[i], &binary, &why)) {
			fprintf(stderr, "seeds: %s\n", why.text);
			return 1;
		}
		save_headers(binary->elf);
		save_version_of(binary->elf);
		for (size_t k = 0; k < binary->n_functions; k += binary->n_functions / 64 + 1)
			save_image(15 + k % 13, k & 1, (struct piece){ binary, k });
		go_binary_close(binary);
	}
	return 0;
}
