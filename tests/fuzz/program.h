/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_PROGRAM_H
#define GOTRACED_TESTS_PROGRAM_H

#include "elf_image.h"
#include "go/span.h"

/* Larger inputs are not worth their time, and would not fit an elf_image. */
enum { MAX_INPUT_BYTES = 16 << 10 };

/*
 * Bytes as a file: the path of one that holds them until the next call. It is one file in memory,
 * used again and again.
 */
const char *file_of(const void *data, size_t n_bytes);

/* The descriptor of that file, to change it in place. */
int file_descriptor(void);

/*
 * The path of a program with these segments, at the addresses at which go_image has them: code,
 * the function table, and writable data that begins with the build information.
 */
const char *program_of(struct span text, struct span table, struct span data, bool has_sections);

#endif
