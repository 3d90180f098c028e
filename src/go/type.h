/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_TYPE_H
#define GOTRACED_GO_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Go's types, as far as they tell how a value lies in memory. Types refer to each other by their
 * index, and may do so in a circle: a list's node points to another one.
 *
 * But nothing is a part of itself. The fields of a struct, and the elements of an array, lie inside
 * of it, one behind the other, and such parts of parts come to an end after GO_MAX_DEPTH. Sizes are
 * those of the kind. The elements of an array may be without size, and then any number of them.
 */
enum { GO_MAX_DEPTH = 100 };

/* As reflect.Kind numbers them (reflect/type.go, in every Go version). */
enum go_kind {
	GO_UNKNOWN = 0, /* but for its name and size */
	GO_BOOL = 1,
	GO_INT = 2,
	GO_INT8 = 3,
	GO_INT16 = 4,
	GO_INT32 = 5,
	GO_INT64 = 6,
	GO_UINT = 7,
	GO_UINT8 = 8,
	GO_UINT16 = 9,
	GO_UINT32 = 10,
	GO_UINT64 = 11,
	GO_UINTPTR = 12,
	GO_FLOAT32 = 13,
	GO_FLOAT64 = 14,
	GO_COMPLEX64 = 15,
	GO_COMPLEX128 = 16,
	GO_ARRAY = 17,
	GO_CHAN = 18,
	GO_FUNC = 19,
	GO_INTERFACE = 20,
	GO_MAP = 21,
	GO_POINTER = 22,
	GO_SLICE = 23,
	GO_STRING = 24,
	GO_STRUCT = 25,
	GO_UNSAFE_POINTER = 26,
	N_GO_KINDS = 27,
};

enum { GO_TYPE_NONE = UINT32_MAX }; /* instead of the index of a type */

struct go_field {
	const char *name;
	uint32_t type; /* never GO_TYPE_NONE */
	uint64_t off;
	bool is_embedded;
};

struct go_type {
	/*
	 * Such as "[]main.point", with the whole path of a package; never NULL and, as all names,
	 * without control characters.
	 */
	const char *name;
	enum go_kind kind;
	uint64_t n_bytes;
	uint32_t element; /* of slices, pointers, chans, maps and arrays, which always have one */
	uint32_t key; /* of maps */
	uint64_t n_elements; /* of an array */
	uint32_t first_field, n_fields; /* of a struct, in the order of their offsets */
	bool has_methods; /* an interface: its first word leads to an itab, else to the type itself */
};

/* All zero is none. */
struct go_types {
	struct go_type *types; /* owned, as are the others */
	size_t n_types;
	struct go_field *fields;
	size_t n_fields;
	char *names; /* what all names point into */
};

void go_types_fini(struct go_types *types);

/*
 * Adds the types that every program has: int and its like, string, error, any, []byte, time.Duration and
 * so on. 0 or -ENOMEM.
 */
int go_types_add_basic(struct go_types *types);

/* The first type of that name; GO_TYPE_NONE when there is none. */
uint32_t go_types_find(const struct go_types *types, const char *name);

#endif
