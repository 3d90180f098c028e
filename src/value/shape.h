/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_SHAPE_H
#define GOTRACED_VALUE_SHAPE_H

#include "go/type.h"
#include "value/steps.h"

/*
 * How a value lies in a capture. Its own bytes are in one place, as they would be in memory; what it
 * leads to, such as the bytes of a string or the target of a pointer, is in another, if it is taken at
 * all. How much is taken of what has no bound has one: the first bytes of strings, the first elements,
 * and not the pointers of pointers.
 */
struct shape {
	uint32_t type;
	uint16_t at; /* of its own bytes */
	uint16_t content_at; /* of what it leads to; FETCH_NOWHERE: that is not taken */
	uint32_t room; /* of a string in bytes, of a slice in elements */
	/*
	 * Shapes of the fields of a struct, of the first elements of an array or slice, or of a
	 * pointer's target. None: what is within leads nowhere.
	 */
	uint32_t first_child, n_children;
	uint32_t dynamic; /* of an interface; SHAPE_NONE: that is not taken */
};

enum { SHAPE_NONE = UINT32_MAX };

enum {
	SHAPE_STRING_BYTES = 128,
	SHAPE_ELEMENTS = 8,
	SHAPES_MAX = 2048, /* of a capture: within values; no more could be decoded */
	SHAPE_DYNAMIC_BYTES = 48,
	SHAPE_DYNAMIC_STRINGS = 2,
};

/*
 * What an interface holds. Its type is known only when it is seen, so that some is taken that may mean
 * nothing: the first bytes at the data pointer, what is there if these begin with a string, or with two,
 * and the error behind two strings, as fs.PathError has them.
 */
struct dynamic {
	uint16_t type_at; /* of the address of the runtime's description of the type */
	uint16_t data_at; /* of n_data_bytes */
	uint16_t n_data_bytes;
	uint16_t string_at
		[SHAPE_DYNAMIC_STRINGS]; /* FETCH_NOWHERE: not taken; else SHAPE_STRING_BYTES */
	uint32_t nested; /* another one; SHAPE_NONE: none */
};

/* All zero is none. */
struct shapes {
	struct shape *at; /* owned */
	size_t n, n_room;
	struct dynamic *dynamics; /* owned */
	size_t n_dynamics, n_dynamics_room;
};

void shapes_fini(struct shapes *shapes);

/*
 * Makes the shape of a value whose own bytes are in the capture at a place, with steps for what it leads
 * to. What finds no room is not taken. 0 or -ENOMEM.
 */
int shapes_add(struct shapes *shapes, const struct go_types *types, uint32_t type, uint16_t at,
	       struct steps *steps, uint32_t *ret);

#endif
