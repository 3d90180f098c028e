/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_WIRE_H
#define GOTRACED_GO_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "go/span.h"

/*
 * How the process that reads DWARF tells its parent of signatures and types: a header, then arrays
 * of records, then the names, each ended by a NUL. Both are the same program, so numbers are as the
 * machine has them; but the parent believes none of them (wire_is_sound).
 *
 * The fields mean what those of the same names do in go/signature.h and go/type.h. A name is its
 * offset in the names.
 */
enum wire_array {
	WIRE_SIGNATURES = 0,
	WIRE_VARIABLES = 1,
	WIRE_PIECES = 2,
	WIRE_TYPES = 3,
	WIRE_FIELDS = 4,
	WIRE_NAMES = 5,
	N_WIRE_ARRAYS = 6,
};

enum {
	WIRE_MAX_BYTES = 64 << 20,
	/*
	 * Once there are as many types, others are told of only where a value has a part of them.
	 */
	WIRE_MAX_TYPES = 65536,
	WIRE_MAX_ALL_TYPES = 2 * WIRE_MAX_TYPES,
	WIRE_MAX_FIELDS = 1 << 20,
	WIRE_MAX_VARIABLES = 512, /* of a function */
};

struct wire_header {
	uint64_t counts[N_WIRE_ARRAYS]; /* of records; of the names, bytes */
	uint64_t is_cut;
};

struct wire_signature {
	uint32_t is_found, first_variable, n_variables, unused;
};

struct wire_variable {
	uint32_t name, type, first_piece, n_pieces;
	uint32_t is_result, is_listed;
};

/* What a location expression says, piece by piece, whether that fits the value or not. */
struct wire_piece {
	uint64_t n_bytes; /* 0: it is the only one, and of a size that is not said */
	int64_t off;
	uint32_t place, number;
};

struct wire_type {
	uint64_t n_bytes, n_elements;
	uint32_t name, kind, element, key, first_field, n_fields;
	uint32_t has_methods, unused;
};

struct wire_field {
	uint64_t off;
	uint32_t name, type, is_embedded, unused;
};

/* The size of a record, by array. */
extern const size_t wire_record_bytes[N_WIRE_ARRAYS];

/* What is to be told. All zero is nothing. Once memory has run out, additions go nowhere. */
struct wire_out {
	struct {
		uint8_t *records;
		size_t n, n_room;
	} arrays[N_WIRE_ARRAYS];
	bool is_cut, has_failed;
};

/* A new record, all zero; valid until the next. */
void *wire_add(struct wire_out *out, enum wire_array array);
uint32_t wire_add_name(struct wire_out *out, const char *name);
bool wire_write(const struct wire_out *out, int to);

/* What has been told: pointers into the bytes. */
struct wire {
	const struct wire_signature *signatures;
	const struct wire_variable *variables;
	const struct wire_piece *pieces;
	const struct wire_type *types;
	const struct wire_field *fields;
	struct span names;
	size_t n_signatures, n_variables, n_pieces, n_types, n_fields;
	bool is_cut;
};

/* Finds the arrays in bytes that are aligned as malloc does; false when they are not just these. */
bool wire_open(struct wire *wire, struct span bytes);

/* As what is to be told would look, but for the names. */
void wire_view(struct wire *wire, const struct wire_out *out);

/*
 * Can all of it be relied on: that names end and can be shown, indices and kinds are ones that
 * there are, sizes are those of the kind, and values lie in the values that they are parts of, to a
 * depth of at most GO_MAX_DEPTH (go/type.h)? Takes time in proportion to the bytes.
 */
bool wire_is_sound(const struct wire *wire);

/* The part of that which concerns a type by itself, but not its name; and a piece. */
bool wire_type_is_sound(const struct wire *wire, const struct wire_type *type);
bool wire_piece_is_sound(const struct wire_piece *piece);

#endif
