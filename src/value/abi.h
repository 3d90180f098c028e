/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_ABI_H
#define GOTRACED_VALUE_ABI_H

#include "go/signature.h"

/*
 * Where the values of a call are: parameters as the function begins, results as it returns.
 *
 * Up to Go 1.16, and in assembly, all of them are on the stack behind the return address, one after the
 * other. From Go 1.17 on a value whose parts all find a register is in registers: RAX, RBX, RCX, RDI,
 * RSI, R8, R9, R10 and R11 for whole numbers and addresses, X0 to X14 for floating point numbers; the
 * others are on the stack as before (Go: src/cmd/compile/abi-internal.md).
 *
 * Up to Go 1.21 DWARF leaves out parameters called "_", receivers of wrappers, and what tells a generic
 * function its types. Then all of it takes more of the stack than it should; or else the compiler's own
 * location lists have parameters elsewhere, where those left out find room between the others. In
 * either case what the lists say is believed, and of parameters without one nothing is known; nor of
 * results on the stack, unless all values are there, and results the last of them.
 */
struct abi_piece {
	enum go_piece_place place;
	uint8_t number; /* of the register, as in struct go_piece */
	int64_t off; /* on the stack: from SP, where the return address lies */
	uint64_t at; /* in the value */
	uint64_t n_bytes;
};

/* A value, in the order of its bytes; what is between the pieces is padding. */
struct abi_value {
	struct abi_piece pieces[GO_MAX_PIECES];
	size_t n_pieces; /* 0: it has no bytes, or nothing is known of it: then is_known is false */
	bool is_known;
};

struct abi_rules {
	bool has_registers;
	bool has_all_names; /* DWARF leaves no parameter out */
	bool is_size_known;
	uint32_t n_bytes; /* as pclntab_argument_bytes has it */
};

/* *ret has room for each of the signature's variables. */
void abi_assign(const struct go_signatures *signatures, const struct go_signature *signature,
		const struct abi_rules *rules, struct abi_value *ret);

/* What addresses of such values are a multiple of, in bytes. */
uint64_t abi_alignment(const struct go_types *types, uint32_t type);

#endif
