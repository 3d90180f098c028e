/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_GO_TABLE_H
#define GOTRACED_TESTS_GO_TABLE_H

#include <string.h>

#include "go_image.h"

/* Bytes under construction. */
struct bytes {
	uint8_t at[1 << 14];
	size_t n;
};

static inline void bytes_set_u64(struct bytes *bytes, uint64_t at, uint64_t value)
{
	memcpy(bytes->at + at, &value, sizeof(value));
}

/* Lays down the pclntab of an image and what it leads to, and says in the image where it did. */
void go_table_build(struct go_image *image, struct bytes *table);

#endif
