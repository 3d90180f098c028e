/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_DWARF_H
#define GOTRACED_GO_DWARF_H

#include "go/elf_file.h"

/* Has the file debugging information, compressed or not? */
bool dwarf_is_in(const struct elf_file *elf);

/* What DWARF says of the layout of runtime.g: offsets in bytes. */
struct dwarf_layout {
	uint64_t goid_off, stack_hi_off;
};

/*
 * Reads the layout from the DWARF in the file that is open as fd, compressed or not. -ENODATA when
 * there is none, or it does not describe runtime.g.
 */
int dwarf_find_layout(int fd, struct dwarf_layout *ret);

/* The same, by a process of its own; should it crash, that is -ENODATA. */
int dwarf_find_layout_apart(int fd, struct dwarf_layout *ret);

#endif
