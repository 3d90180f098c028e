/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_CLI_BYTES_H
#define GOTRACED_CLI_BYTES_H

#include <stdint.h>

/* Reads a size: a whole number of bytes, or of units of 1024: 65536, 64K, 4M, 1G. 0 or -EINVAL. */
int bytes_parse(const char *text, uint64_t *ret);

#endif
