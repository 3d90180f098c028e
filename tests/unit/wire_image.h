/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_WIRE_IMAGE_H
#define GOTRACED_TESTS_WIRE_IMAGE_H

#include "go/signature.h"
#include "go/wire.h"

/*
 * What the process that reads DWARF tells of a program with two functions that it has and one that
 * it has not, for tests to spoil.
 */
enum wire_image_type {
	IMAGE_INT,
	IMAGE_STRING,
	IMAGE_POINT, /* struct { X, Y int32 } */
	IMAGE_INT32,
	IMAGE_POINTER, /* to a point */
	IMAGE_SLICE,
	IMAGE_MAP,
	IMAGE_ARRAY, /* [2]main.point */
	IMAGE_CHAN, /* of what is cut */
	IMAGE_ERROR,
	IMAGE_NESTED, /* struct { a [2]main.point; b string } */
	IMAGE_UNKNOWN,
	N_IMAGE_TYPES,
};

enum {
	N_IMAGE_SIGNATURES = 3,
	N_IMAGE_VARIABLES = 5,
	IMAGE_MAX_BYTES = 1 << 14,
};

void wire_image_init(struct wire_out *out);
void wire_image_fini(struct wire_out *out);

/* The records, to change. */
struct wire_signature *wire_image_signature(struct wire_out *out, size_t i);
struct wire_variable *wire_image_variable(struct wire_out *out, size_t i);
struct wire_piece *wire_image_piece(struct wire_out *out, size_t i);
struct wire_type *wire_image_type(struct wire_out *out, size_t i);
struct wire_field *wire_image_field(struct wire_out *out, size_t i);

/* All of it as it is told, in bytes that are the image's until the next time. */
struct span wire_image_bytes(const struct wire_out *out);

/*
 * What is wrong with signatures, however they have come about; NULL when nothing is. Looks at all
 * that can be reached, as whoever shows values would.
 */
const char *signatures_flaw(const struct go_signatures *signatures);

#endif
