/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_READING_H
#define GOTRACED_VALUE_READING_H

#include "value/decode.h"

/* What decoding is made of, for its own files. Places are those in the capture. */
enum decode_state {
	DECODE_TAKEN,
	DECODE_UNREADABLE,
	DECODE_UNREACHABLE, /* no step was to bring it */
};

enum decode_state decode_state(const struct decoder *decoder, uint64_t at, uint64_t n_bytes);

/* Were some of these bytes to be taken, and none could be? */
bool decode_is_unreadable(const struct decoder *decoder, uint64_t at, uint64_t n_bytes);

/* False when it is not there. */
bool decode_word(const struct decoder *decoder, uint64_t at, uint64_t *ret);

/* Fills in a value that was not taken; true when it was not. */
bool decode_is_missing(const struct decoder *decoder, uint64_t at, uint64_t n_bytes,
		       struct value *ret);

/* NULL when there are too many. */
struct value *decode_new(struct decoder *decoder, size_t n);

/* A bool or number; false when the kind is none of these. */
bool decode_number(const struct decoder *decoder, enum go_kind kind, const char *name, uint64_t at,
		   uint64_t n_bytes, struct value *ret);

/* A string whose words are at a place, and whose first bytes, room of them at most, are at another. */
void decode_string(const struct decoder *decoder, uint64_t at, uint64_t content_at, uint64_t room,
		   struct value *ret);

/* A time.Time, by its name; false when it is none. */
bool decode_time(const struct decoder *decoder, const char *name, uint64_t at, uint64_t n_bytes,
		 struct value *ret);

#endif
