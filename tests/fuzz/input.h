/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_INPUT_H
#define GOTRACED_TESTS_INPUT_H

#include "go/span.h"

/* A fuzzer's input, taken piece by piece from the front; zeros follow its end. */
static inline uint8_t take_u8(struct span *input)
{
	uint8_t value = 0;

	span_u8(*input, 0, &value);
	*input = span_from(*input, 1);
	return value;
}

static inline uint16_t take_u16(struct span *input)
{
	uint16_t low = take_u8(input);

	return low | take_u8(input) << 8;
}

/* As many of n_bytes as are left. */
static inline struct span take(struct span *input, size_t n_bytes)
{
	struct span taken = { input->data, n_bytes < input->n_bytes ? n_bytes : input->n_bytes };

	*input = span_from(*input, taken.n_bytes);
	return taken;
}

/* A Go release 1.N that gotraced knows. */
static inline int take_go_minor(struct span *input)
{
	return 15 + take_u8(input) % 13;
}

#endif
