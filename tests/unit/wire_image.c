/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire_image.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void add_type(struct wire_out *out, const char *name, struct wire_type type)
{
	type.name = wire_add_name(out, name);
	*(struct wire_type *)wire_add(out, WIRE_TYPES) = type;
}

#define ADD_TYPE(out, name, ...)                                                                   \
	add_type(out, name,                                                                        \
		 (struct wire_type){ .element = GO_TYPE_NONE, .key = GO_TYPE_NONE, __VA_ARGS__ })

static void add_field(struct wire_out *out, const char *name, uint32_t type, uint64_t off)
{
	struct wire_field field = { .off = off, .name = wire_add_name(out, name), .type = type };

	*(struct wire_field *)wire_add(out, WIRE_FIELDS) = field;
}

static void add_variable(struct wire_out *out, const char *name, uint32_t type, bool is_listed)
{
	struct wire_variable variable = {
		.name = wire_add_name(out, name),
		.type = type,
		.is_listed = is_listed,
		.is_result = *name == '~',
		.first_piece = out->arrays[WIRE_PIECES].n,
	};

	*(struct wire_variable *)wire_add(out, WIRE_VARIABLES) = variable;
}

/* A piece of the last variable. */
static void add_piece(struct wire_out *out, struct wire_piece piece)
{
	*(struct wire_piece *)wire_add(out, WIRE_PIECES) = piece;
	wire_image_variable(out, out->arrays[WIRE_VARIABLES].n - 1)->n_pieces++;
}

#define ADD_PIECE(out, ...) add_piece(out, (struct wire_piece){ __VA_ARGS__ })

#pragma GCC diagnostic ignored "-Woverride-init"
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#endif

static void add_types(struct wire_out *out)
{
	ADD_TYPE(out, "int", .kind = GO_INT, .n_bytes = 8);
	ADD_TYPE(out, "string", .kind = GO_STRING, .n_bytes = 16);
	ADD_TYPE(out, "main.point", .kind = GO_STRUCT, .n_bytes = 8, .n_fields = 2);
	ADD_TYPE(out, "int32", .kind = GO_INT32, .n_bytes = 4);
	ADD_TYPE(out, "*main.point", .kind = GO_POINTER, .n_bytes = 8, .element = IMAGE_POINT);
	ADD_TYPE(out, "[]main.point", .kind = GO_SLICE, .n_bytes = 24, .element = IMAGE_POINT);
	ADD_TYPE(out, "map[string]main.point", .kind = GO_MAP, .n_bytes = 8, .key = IMAGE_STRING,
		 .element = IMAGE_POINT);
	ADD_TYPE(out, "[2]main.point", .kind = GO_ARRAY, .n_bytes = 16, .n_elements = 2,
		 .element = IMAGE_POINT);
	ADD_TYPE(out, "chan main.large", .kind = GO_CHAN, .n_bytes = 8);
	ADD_TYPE(out, "error", .kind = GO_INTERFACE, .n_bytes = 16, .has_methods = 1);
	ADD_TYPE(out, "main.nested", .kind = GO_STRUCT, .n_bytes = 32, .first_field = 2,
		 .n_fields = 2);
	ADD_TYPE(out, "main.unknown", .n_bytes = 5);
	add_field(out, "X", IMAGE_INT32, 0);
	add_field(out, "Y", IMAGE_INT32, 4);
	add_field(out, "a", IMAGE_ARRAY, 0);
	add_field(out, "b", IMAGE_STRING, 16);
}

void wire_image_init(struct wire_out *out)
{
	*out = (struct wire_out){ .is_cut = true };
	add_types(out);
	add_variable(out, "p", IMAGE_POINT, true);
	ADD_PIECE(out, .place = GO_PIECE_REGISTER, .number = 0, .n_bytes = 4);
	ADD_PIECE(out, .place = GO_PIECE_REGISTER, .number = 3, .n_bytes = 4);
	add_variable(out, "n", IMAGE_NESTED, false);
	ADD_PIECE(out, .place = GO_PIECE_STACK, .off = 0);
	add_variable(out, "~r0", IMAGE_ERROR, false);
	add_variable(out, "f", IMAGE_STRING, true);
	ADD_PIECE(out, .place = GO_PIECE_NOWHERE, .n_bytes = 8);
	ADD_PIECE(out, .place = GO_PIECE_STACK, .off = 8, .n_bytes = 8);
	add_variable(out, "~r0", IMAGE_MAP, false);
	for (int i = 0; i < N_IMAGE_SIGNATURES; i++)
		wire_add(out, WIRE_SIGNATURES);
	*wire_image_signature(out, 0) = (struct wire_signature){ 1, 0, 3, 0 };
	*wire_image_signature(out, 2) = (struct wire_signature){ 1, 3, 2, 0 };
}

void wire_image_fini(struct wire_out *out)
{
	for (size_t i = 0; i < N_WIRE_ARRAYS; i++)
		free(out->arrays[i].records);
	*out = (struct wire_out){ 0 };
}

struct wire_signature *wire_image_signature(struct wire_out *out, size_t i)
{
	return (struct wire_signature *)out->arrays[WIRE_SIGNATURES].records + i;
}

struct wire_variable *wire_image_variable(struct wire_out *out, size_t i)
{
	return (struct wire_variable *)out->arrays[WIRE_VARIABLES].records + i;
}

struct wire_piece *wire_image_piece(struct wire_out *out, size_t i)
{
	return (struct wire_piece *)out->arrays[WIRE_PIECES].records + i;
}

struct wire_type *wire_image_type(struct wire_out *out, size_t i)
{
	return (struct wire_type *)out->arrays[WIRE_TYPES].records + i;
}

struct wire_field *wire_image_field(struct wire_out *out, size_t i)
{
	return (struct wire_field *)out->arrays[WIRE_FIELDS].records + i;
}

struct span wire_image_bytes(const struct wire_out *out)
{
	static _Alignas(16) uint8_t bytes[IMAGE_MAX_BYTES];
	int fd = memfd_create("gotraced-wire", MFD_CLOEXEC);
	ssize_t n = wire_write(out, fd) ? pread(fd, bytes, sizeof(bytes), 0) : -1;

	close(fd);
	return (struct span){ bytes, n > 0 ? (size_t)n : 0 };
}
