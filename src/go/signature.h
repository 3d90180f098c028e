/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_SIGNATURE_H
#define GOTRACED_GO_SIGNATURE_H

#include "go/binary.h"
#include "go/type.h"

/*
 * What functions take and give, by DWARF: names, types, and where the compiler says that a
 * parameter is when the function begins.
 *
 * Not all parameters are there, as the compiler leaves out of DWARF (1.15 to 1.27; their registers
 * and stack they take all the same): blank and unnamed ones up to Go 1.21, which are "~p0" or the
 * like since then, and up to Go 1.26 the dictionary of a function with type parameters, which is
 * ".dict". Go 1.15 has one without size behind the one that follows it.
 */

/* Where a part of a value is. */
enum go_piece_place {
	GO_PIECE_NOWHERE, /* the optimiser has removed it, or nothing is said */
	GO_PIECE_REGISTER,
	GO_PIECE_XMM,
	GO_PIECE_STACK,
};

struct go_piece {
	enum go_piece_place place;
	uint8_t number; /* of a register as DWARF numbers it (RAX 0, RDX 1, RCX 2, RBX 3, RSI 4, RDI 5,
			   RBP 6, RSP 7, R8 to R15), of an XMM register from 0 */
	int64_t off; /* on the stack, from the canonical frame address: SP before the call */
	uint64_t n_bytes; /* never 0; at most 8 in a register, 16 in an XMM register */
};

enum { GO_MAX_PIECES = 64 };

/* A parameter, the receiver of a method being the first, or a result. */
struct go_variable {
	const char *name; /* as DWARF has it: "~r0" or the like for want of one */
	uint32_t type;
	bool is_result;
	/*
	 * By a location list that covers the function's first instruction. Else one place is said
	 * to hold throughout; when the function begins this is so only of what its caller has put
	 * on the stack.
	 */
	bool is_listed;
	/*
	 * One behind the other they are the whole value; padding, and what nothing is said of, is
	 * nowhere. 0: nothing is said.
	 */
	uint32_t first_piece, n_pieces;
};

struct go_signature {
	bool is_found;
	uint32_t first_variable, n_variables; /* as they are declared */
};

/* All zero is none. The arrays are owned. */
struct go_signatures {
	struct go_types types;
	struct go_signature *signatures; /* by the order in which they were asked for */
	size_t n_signatures;
	struct go_variable *variables;
	size_t n_variables;
	struct go_piece *pieces;
	size_t n_pieces;
	bool is_cut; /* there are more types than are taken: some pointers lead to GO_TYPE_NONE */
};

/*
 * Reads the signatures of the functions that begin at these addresses, with the types that lead on
 * from them, nearest first and 65536 at most. -ENODATA when the program has no DWARF, neither
 * itself nor in a separate file, or when it could not be read, as the reason tells; a function that
 * DWARF does not know is none. A process of its own does the reading (go/apart.h), and what it says
 * is checked: whatever the file, indices lead to what there is, and the types are as go/type.h has
 * them.
 *
 * For the caller to finish; *ret is untouched on failure.
 */
int go_signatures_read(const struct go_binary *binary, const uint64_t *vas, size_t n,
		       struct go_signatures *ret, struct reason *why);
void go_signatures_fini(struct go_signatures *signatures);

#endif
