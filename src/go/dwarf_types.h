/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_DWARF_TYPES_H
#define GOTRACED_GO_DWARF_TYPES_H

#include "go/dwarf_reader.h"
#include "go/wire.h"

struct dwarf_type_slot {
	Dwarf_Off off; /* of the DIE */
	uint32_t index; /* 0: unused; else one more than the type's */
};

/*
 * Go's types in DWARF, as Go's linker writes them (cmd/link/internal/ld/dwarf.go): types with
 * attributes of Go's own, named ones behind typedefs of the same name. They are numbered when they
 * are first met and described later, so that those are met first that lie near.
 */
struct dwarf_types {
	const struct dwarf_reader *reader;
	struct wire_out *out; /* the type of index i is described by the i-th record */
	Dwarf_Die *dies; /* by index */
	size_t n, n_room;
	struct dwarf_type_slot *slots; /* by a hash of the offset */
	size_t n_slots;
};

/* For a process apart, to the end of which its memory is left. */
void dwarf_types_init(struct dwarf_types *types, const struct dwarf_reader *reader,
		      struct wire_out *out);

/*
 * The index of the type that the DIE's attribute leads to, or GO_TYPE_NONE: when it leads to none,
 * or there are as many as are taken. One that is a part of a value is still taken then, to be
 * described by its size alone.
 */
uint32_t dwarf_types_index(struct dwarf_types *types, Dwarf_Die *die, unsigned int attribute,
			   bool is_part);

/* Describes all types met, and those that lead on from them. */
void dwarf_types_describe(struct dwarf_types *types);

#endif
