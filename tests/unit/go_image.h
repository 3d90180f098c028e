/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_GO_IMAGE_H
#define GOTRACED_TESTS_GO_IMAGE_H

#include <stdbool.h>

#include "elf_image.h"
#include "go/binary.h"

/*
 * A Go program as the linker of a given Go release lays it out, with functions made of given bytes:
 * code, pclntab, moduledata, build information. Addresses of a function are known once it is added.
 */
enum {
	GO_IMAGE_TEXT_VA = 0x401000,
	GO_IMAGE_TABLE_VA = 0x500000,
	GO_IMAGE_DATA_VA = 0x600000,
	GO_IMAGE_MODULE_AT = 0x100, /* of moduledata in the data segment */
	GO_IMAGE_TYPES_AT = 0x400, /* of the type descriptors in there */
	GO_IMAGE_MAX_FUNCTIONS = 16,
	GO_IMAGE_MAX_INLINED = 4,
};

struct go_image_function {
	const char *name;
	uint64_t va, n_bytes; /* n_bytes without padding */
	uint8_t flags, id;
	uint32_t frame_bytes; /* what its SP table says at every instruction */
	const char *inlined[GO_IMAGE_MAX_INLINED]; /* names of the functions inlined into it; the
						      k-th byte of its code is of the k-th call */
	uint8_t inlined_ids[GO_IMAGE_MAX_INLINED];
	uint32_t parent_offs[GO_IMAGE_MAX_INLINED]; /* of a byte that each call stands at */
	size_t n_inlined;
	const char *file; /* its source, or NULL for none */
	uint32_t line; /* in there of its first byte; each that follows is one further down */
	/* In the pctab; set by finish. */
	uint32_t sp_table_off, inline_index_off, file_table_off, line_table_off;
	uint64_t record_at; /* of its _func, from the start of the table; set by finish */
};

/* A type descriptor's fields as they are in the file. */
struct go_image_type {
	const char *name;
	uint8_t kind, flags;
	uint64_t n_bytes, pointer_bytes;
	uint64_t element_va, n_elements;
	uint64_t fields_va, n_fields; /* of a struct */
};

struct go_image_field {
	const char *name;
	uint64_t type_va, off;
};

struct go_image {
	struct elf_image elf;
	int go_minor;
	bool has_sections, has_module;
	struct go_image_function functions[GO_IMAGE_MAX_FUNCTIONS];
	size_t n_functions;
	uint8_t text[1 << 14];
	size_t n_text;
	uint8_t types[1 << 12]; /* no descriptor begins at their start */
	size_t n_types; /* bytes; 0 for no types */
	Elf64_Sym symbols[GO_IMAGE_MAX_FUNCTIONS];
	size_t n_symbols;
	char symbol_names[512];
	size_t n_symbol_names;
	/* Set by finish: offsets in the file, and from the start of the table. */
	uint64_t text_off, table_off, data_off;
	uint64_t names_at, units_at, files_at, pctab_at, pairs_at, trees_at, table_bytes;
};

void go_image_init(struct go_image *image, int go_minor);
void go_image_fini(struct go_image *image);

/* The function's index. The bytes are followed by padding up to a multiple of 32. */
size_t go_image_add(struct go_image *image, const char *name, const void *code, size_t n_bytes);
#define GO_IMAGE_ADD(image, name, ...)                                                             \
	go_image_add(image, name, (const uint8_t[]){ __VA_ARGS__ },                                \
		     sizeof((uint8_t[]){ __VA_ARGS__ }))

/* Lets the rel32 at an offset of one function's code lead to the start of another. */
void go_image_aim(struct go_image *image, size_t from, size_t rel32_at, size_t to);

void go_image_symbol(struct go_image *image, const char *name, uint8_t type, uint64_t va,
		     uint64_t n_bytes);

/* The address of the type's descriptor; its name follows it. */
uint64_t go_image_add_type(struct go_image *image, const struct go_image_type *type);

/* The address of the fields of a struct's type. */
uint64_t go_image_add_fields(struct go_image *image, const struct go_image_field *fields, size_t n);

/* Lays all down in image->elf, which may then be spoiled before it is written. */
void go_image_finish(struct go_image *image);

/* Finishes, writes and opens the program, which must succeed. */
struct go_binary *go_image_open(struct go_image *image);

#endif
