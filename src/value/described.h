/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_DESCRIBED_H
#define GOTRACED_VALUE_DESCRIBED_H

#include "value/decode.h"

/*
 * Values of types that are not known before they are seen in an interface, but that the program itself
 * describes. Of such a value the first bytes were taken, and of what it leads to only strings.
 */

/* The type that is described at an address; NULL when it cannot be told, or there are too many. */
const struct decode_type *described_type(struct decoder *decoder, uint64_t ip);

/*
 * One that the bytes that were taken begin with: a number, a string, a struct as far as it goes. Not taken
 * is what is of another kind, or farther away.
 */
void described_decode(struct decoder *decoder, const struct dynamic *dynamic,
		      const struct decode_type *type, struct value *ret);

/* A pointer that is in the word at a place, to what was taken. */
void described_decode_pointer(struct decoder *decoder, const struct dynamic *dynamic,
			      const struct decode_type *type, uint64_t at, struct value *ret);

#endif
