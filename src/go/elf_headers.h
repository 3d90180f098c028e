/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_ELF_HEADERS_H
#define GOTRACED_GO_ELF_HEADERS_H

#include "go/elf_file.h"

/*
 * Reads the headers of an open file into its segments and sections, and checks them against its
 * size. Of a file with nothing but symbols and DWARF no segments are read.
 */
int elf_headers_read(struct elf_file *elf, bool is_debug, struct reason *why);

#endif
