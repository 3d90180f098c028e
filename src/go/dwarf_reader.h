/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_DWARF_READER_H
#define GOTRACED_GO_DWARF_READER_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>

#include "go/span.h"

/*
 * A file's DWARF, open in libdw, which follows what a hostile file says out of bounds (0.188:
 * dwarf_siblingof). For a process apart (go/apart.h) only.
 */

/* A program with DWARF has some two dozen. */
enum { DWARF_READER_MAX_SECTIONS = 64 };

struct dwarf_reader {
	Elf *elf;
	Dwarf *dwarf;
	struct span sections[DWARF_READER_MAX_SECTIONS];
	size_t n_sections;
};

/* False when there is no DWARF; to be closed in any case. */
bool dwarf_reader_open(struct dwarf_reader *reader, int fd);
void dwarf_reader_close(struct dwarf_reader *reader);

/*
 * What is called a name by the DIE, or by the one it has its name from; NULL when that cannot be
 * shown.
 */
const char *dwarf_reader_name(const struct dwarf_reader *reader, Dwarf_Die *die);

/* Goes on to the sibling; false at the end, and when it would lead back. */
bool dwarf_reader_next(Dwarf_Die *die);

/* The DIE that an attribute leads to, of this DIE or the one it originates from. */
bool dwarf_reader_follow(Dwarf_Die *die, unsigned int attribute, Dwarf_Die *ret);

/* The attribute's number; false, and *ret untouched, without one. */
bool dwarf_reader_number(Dwarf_Die *die, unsigned int attribute, uint64_t *ret);

/* Is there such an attribute, and is it true? */
bool dwarf_reader_flag(Dwarf_Die *die, unsigned int attribute);

#endif
