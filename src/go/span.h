/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_SPAN_H
#define GOTRACED_GO_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Bytes that came from a file, and the one place where reading from them is bounds-checked. Offsets
 * are from the span's start; numbers are little-endian, unaligned. Every reader returns false, and
 * leaves *ret alone, when what it is asked for does not lie wholly inside.
 */
struct span {
	const uint8_t *data;
	size_t n_bytes;
};

static inline bool span_has(struct span span, uint64_t off, uint64_t n_bytes)
{
	return off <= span.n_bytes && n_bytes <= span.n_bytes - off;
}

static inline bool span_copy(struct span span, uint64_t off, void *to, size_t n_bytes)
{
	if (!span_has(span, off, n_bytes))
		return false;
	memcpy(to, span.data + off, n_bytes);
	return true;
}

static inline bool span_u8(struct span span, uint64_t off, uint8_t *ret)
{
	return span_copy(span, off, ret, sizeof(*ret));
}

static inline bool span_u32(struct span span, uint64_t off, uint32_t *ret)
{
	return span_copy(span, off, ret, sizeof(*ret));
}

static inline bool span_u64(struct span span, uint64_t off, uint64_t *ret)
{
	return span_copy(span, off, ret, sizeof(*ret));
}

/*
 * No name in a program is longer. A damaged file, in which the end is missing, must not be searched
 * whole for each of its names.
 */
enum { SPAN_MAX_STRING = 16 << 10 };

/*
 * The NUL-terminated string at off, or NULL when no NUL follows soon and inside the span. Lives as
 * long as the span's bytes.
 */
static inline const char *span_string(struct span span, uint64_t off)
{
	uint64_t n_bytes;

	if (off >= span.n_bytes)
		return NULL;
	n_bytes = span.n_bytes - off;
	if (n_bytes > SPAN_MAX_STRING)
		n_bytes = SPAN_MAX_STRING;
	return memchr(span.data + off, 0, n_bytes) ? (const char *)span.data + off : NULL;
}

/*
 * Is one of the bytes a control character? Looks at eight at once: a hostile file may have the
 * longest name there can be, for each of its symbols.
 */
static inline bool span_has_control(const char *text, size_t n_bytes)
{
	const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;

	for (; n_bytes >= 8; text += 8, n_bytes -= 8) {
		uint64_t bytes, is_del;

		memcpy(&bytes, text, sizeof(bytes));
		is_del = bytes ^ 0x7f * ones;
		if ((((bytes - ' ' * ones) & ~bytes) | ((is_del - ones) & ~is_del)) & highs)
			return true;
	}
	for (; n_bytes > 0; text++, n_bytes--)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

/*
 * Like span_string, for a name that is to be shown: NULL also when it holds a control character,
 * which is none of Go's doing and could be meant for the terminal.
 */
static inline const char *span_name(struct span span, uint64_t off)
{
	const char *name = span_string(span, off);

	return name && !span_has_control(name, strlen(name)) ? name : NULL;
}

/* The part of a span that begins at off; empty when off lies outside. */
static inline struct span span_from(struct span span, uint64_t off)
{
	if (off >= span.n_bytes)
		return (struct span){ NULL, 0 };
	return (struct span){ span.data + off, span.n_bytes - off };
}

#endif
