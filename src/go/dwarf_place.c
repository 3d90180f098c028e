/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/dwarf_place.h"

#include <dwarf.h>

#include "go/signature.h"

/* DWARF's numbers for x86-64 (psABI, figure 3.36). */
enum {
	N_REGISTERS = 16,
	FIRST_XMM = 17,
	N_XMM = 16,
};

static bool read_register(uint64_t number, struct wire_piece *ret)
{
	if (number < N_REGISTERS)
		*ret = (struct wire_piece){ .place = GO_PIECE_REGISTER, .number = number };
	else if (number >= FIRST_XMM && number < FIRST_XMM + N_XMM)
		*ret = (struct wire_piece){ .place = GO_PIECE_XMM, .number = number - FIRST_XMM };
	else
		return false;
	return true;
}

/* Go's functions have the canonical frame address as their frame's base. */
static bool read_place(const Dwarf_Op *op, struct wire_piece *ret)
{
	if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31)
		return read_register(op->atom - DW_OP_reg0, ret);
	if (op->atom == DW_OP_regx)
		return read_register(op->number, ret);
	if (op->atom != DW_OP_fbreg && op->atom != DW_OP_call_frame_cfa)
		return false;
	*ret = (struct wire_piece){
		.place = GO_PIECE_STACK,
		.off = op->atom == DW_OP_fbreg ? (int64_t)op->number : 0,
	};
	return true;
}

/* How many pieces an expression has; -1 for one that is of another kind. */
static int read_pieces(const Dwarf_Op *ops, size_t n_ops, struct wire_piece ret[GO_MAX_PIECES])
{
	struct wire_piece piece = { .place = GO_PIECE_NOWHERE };
	bool is_open = false;
	int n = 0;

	for (size_t i = 0; i < n_ops; i++) {
		if (ops[i].atom != DW_OP_piece) {
			if (is_open || !read_place(&ops[i], &piece))
				return -1;
			is_open = true;
			continue;
		}
		piece.n_bytes = ops[i].number;
		if (n == GO_MAX_PIECES || piece.n_bytes == 0 || !wire_piece_is_sound(&piece))
			return -1;
		ret[n++] = piece;
		piece = (struct wire_piece){ .place = GO_PIECE_NOWHERE };
		is_open = false;
	}
	if (is_open && (n > 0 || !wire_piece_is_sound(&piece)))
		return -1;
	if (is_open)
		ret[n++] = piece;
	return n;
}

/*
 * Go's linker writes a single expression as a block, in which libdw looks for none from DWARF 4 on.
 * A block of up to 127 bytes is laid out just as what DWARF 4 has for expressions. Others are
 * lists.
 */
static bool is_expression(Dwarf_Attribute *location)
{
	Dwarf_Block block;

	if (dwarf_whatform(location) == DW_FORM_block1 && dwarf_formblock(location, &block) == 0 &&
	    block.length < 128)
		location->form = DW_FORM_exprloc;
	return dwarf_whatform(location) == DW_FORM_exprloc;
}

void dwarf_place_read(Dwarf_Die *die, uint64_t va, struct wire_out *out, struct wire_variable *ret)
{
	struct wire_piece pieces[GO_MAX_PIECES];
	Dwarf_Attribute location;
	bool is_listed;
	size_t n_ops = 0;
	Dwarf_Op *ops;
	int n;

	if (!dwarf_attr(die, DW_AT_location, &location))
		return;
	is_listed = !is_expression(&location);
	if (dwarf_getlocation_addr(&location, va, &ops, &n_ops, 1) != 1)
		return;
	n = read_pieces(ops, n_ops, pieces);
	for (int i = 0; i < n; i++)
		*(struct wire_piece *)wire_add(out, WIRE_PIECES) = pieces[i];
	ret->n_pieces = n > 0 ? n : 0;
	ret->is_listed = n > 0 && is_listed;
}
