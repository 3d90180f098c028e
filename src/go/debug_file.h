/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_DEBUG_FILE_H
#define GOTRACED_GO_DEBUG_FILE_H

#include "go/elf_file.h"

/*
 * The separate file with the symbols and DWARF that were taken out of a program. It is looked for
 * as debuggers do (gdb manual, "Debugging Information in Separate Files"): by the program's build
 * id in /usr/lib/debug/.build-id, then by the name in its section .gnu_debuglink beside the
 * program, in .debug there, and in /usr/lib/debug. A file of another build is passed over: the
 * build id must be the same or, for a program without one, the checksum that .gnu_debuglink gives.
 * Of a program in a container, known by its process, they are looked for there.
 *
 * NULL when there is none; else for the caller to close.
 */
struct elf_file *debug_file_open(const struct elf_file *elf);

#endif
