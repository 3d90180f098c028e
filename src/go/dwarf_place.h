/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_DWARF_PLACE_H
#define GOTRACED_GO_DWARF_PLACE_H

#include "go/dwarf_reader.h"
#include "go/wire.h"

/*
 * Adds the pieces of which a variable's value is made when its function begins, at va, as its
 * location says; none when that is not of the kind that Go's compiler writes: registers, and places
 * from the canonical frame address (cmd/compile/internal/ssa/debug.go).
 */
void dwarf_place_read(Dwarf_Die *die, uint64_t va, struct wire_out *out, struct wire_variable *ret);

#endif
