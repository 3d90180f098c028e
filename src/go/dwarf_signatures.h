/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_DWARF_SIGNATURES_H
#define GOTRACED_GO_DWARF_SIGNATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The functions that are asked for, by the addresses at which they begin. */
struct dwarf_wanted {
	const uint64_t *vas;
	size_t n;
};

/*
 * Reads their signatures from the DWARF of the file that is open as fd, and writes them as
 * go/wire.h says: the work of a process apart (go/apart.h). The context is a struct dwarf_wanted.
 */
bool dwarf_signatures_answer(int fd, int to, const void *context);

#endif
