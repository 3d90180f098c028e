/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_DWARF_H
#define GOTRACED_GO_DWARF_H

#include <stdint.h>

/* What DWARF says of the layout of runtime.g: offsets in bytes. */
struct dwarf_layout {
	uint64_t goid_off, stack_hi_off;
};

/*
 * Reads the layout from the DWARF in the file that is open as fd, compressed or not. -ENODATA when
 * there is none, or it does not describe runtime.g.
 */
int dwarf_find_layout(int fd, struct dwarf_layout *ret);

/*
 * The same, by a process of its own. DWARF is rich and compressed, and the library that reads it
 * follows what a hostile file says out of bounds (libdw 0.188: dwarf_siblingof). The process is
 * nobody, where that can be changed, and in any case has no capabilities, no other open files, and
 * time and memory of the order of the file's size; should it crash, that is -ENODATA.
 */
int dwarf_find_layout_apart(int fd, struct dwarf_layout *ret);

#endif
