/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_PIECE_H
#define GOTRACED_GO_PIECE_H

#include "go/signature.h"

/*
 * What a location in DWARF says of a variable, and what follows from the variables before it. A
 * single piece whose size is 0 is of a size that is not said.
 */
struct go_location {
	uint32_t type;
	bool is_listed;
	const struct go_piece *pieces;
	uint32_t n_pieces;
	uint64_t stack_off; /* where the value would be if it followed the one before it */
};

/*
 * The pieces that the value is made of, from its first byte to its last, what is not known and what
 * is padding being nowhere; how many there are, or 0 when it cannot be told how those of the
 * location fit the value.
 */
uint32_t go_pieces_fit(const struct go_types *types, const struct go_location *location,
		       struct go_piece ret[GO_MAX_PIECES]);

/* The alignment of values of a type, and whether the compiler can keep one in registers. */
uint64_t go_type_align(const struct go_types *types, uint32_t type);
bool go_type_has_leaves(const struct go_types *types, uint32_t type);

#endif
