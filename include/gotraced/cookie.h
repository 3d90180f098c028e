/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_COOKIE_H
#define GOTRACED_COOKIE_H

#include "gotraced/fetch.h"
#include "gotraced/types.h"

/*
 * The attach cookie: 64 bits that the kernel hands to a BPF program at each hit of a probe. It says
 * which function was hit, where, and how to find its goroutine, so that a hit needs no lookup to
 * know.
 *
 * bits  0-21  function: index into the tracer's functions
 *      22-29  flags
 *      30-34  goid_off: offset of runtime.g.goid, in words of 8 bytes
 *      35-47  tls_off: place of g from fsbase, signed, in words of 8 bytes; 0 when g is in R14
 *      48-59  page_off: place of the probe within its page of memory
 *      60-63  variant: which of the function's fetch programs is for this build of it
 */
enum {
	COOKIE_FUNCTION_BITS = 22,
	COOKIE_FLAGS_BITS = 8,
	COOKIE_GOID_BITS = 5,
	COOKIE_TLS_BITS = 13,
	COOKIE_PAGE_BITS = 12,
	COOKIE_VARIANT_BITS = FETCH_VARIANT_BITS,

	COOKIE_FLAGS_SHIFT = COOKIE_FUNCTION_BITS,
	COOKIE_GOID_SHIFT = COOKIE_FLAGS_SHIFT + COOKIE_FLAGS_BITS,
	COOKIE_TLS_SHIFT = COOKIE_GOID_SHIFT + COOKIE_GOID_BITS,
	COOKIE_PAGE_SHIFT = COOKIE_TLS_SHIFT + COOKIE_TLS_BITS,
	COOKIE_VARIANT_SHIFT = COOKIE_PAGE_SHIFT + COOKIE_PAGE_BITS,

	COOKIE_WORD = 8, /* bytes */
	COOKIE_MAX_FUNCTIONS = 1 << COOKIE_FUNCTION_BITS,
	COOKIE_MAX_GOID_OFF = ((1 << COOKIE_GOID_BITS) - 1) * COOKIE_WORD,
	COOKIE_PAGE_BYTES = 1 << COOKIE_PAGE_BITS,
	COOKIE_MAX_TAIL_TARGETS = 8, /* functions that one call can end in, by jumps */
};
_Static_assert(COOKIE_VARIANT_SHIFT + COOKIE_VARIANT_BITS <= 64, "what fits");

enum cookie_flag {
	COOKIE_IS_JBE = 1 << 0, /* the probe is on a jbe: a hit with CF or ZF set is no call yet */
	COOKIE_ARGUMENT_ON_STACK =
		1 << 1, /* the called function takes its argument at SP; else in RAX */
	COOKIE_JUMPS = 1 << 2, /* an entry: the function may end by a jump to another */
	COOKIE_IS_JUMPED_TO = 1 << 3, /* an entry: such a jump of a traced function leads here */
	COOKIE_ENDS_JUMPERS = 1 << 4, /* a return: calls that jumped here end by it as well */
	COOKIE_IS_FOREIGN =
		1 << 5, /* in a function that is not traced itself: its own means nothing */
	COOKIE_IS_CHOSEN = 1 << 6, /* counts in the processes that were chosen, not in all */
};

struct cookie {
	__u32 function;
	__u8 flags;
	__u16 goid_off; /* a multiple of COOKIE_WORD, COOKIE_MAX_GOID_OFF at most */
	__s16 tls_off; /* a multiple of COOKIE_WORD */
	__u16 page_off; /* less than COOKIE_PAGE_BYTES */
	__u8 variant; /* less than FETCH_VARIANTS */
};

/* The bits of a value that there is room for, in their place. */
static inline __u64 cookie_field(__u64 value, __u32 n_bits, __u32 shift)
{
	return (value & ((1ULL << n_bits) - 1)) << shift;
}

static inline __u64 cookie_pack(struct cookie cookie)
{
	return cookie_field(cookie.function, COOKIE_FUNCTION_BITS, 0) |
	       cookie_field(cookie.flags, COOKIE_FLAGS_BITS, COOKIE_FLAGS_SHIFT) |
	       cookie_field(cookie.goid_off / COOKIE_WORD, COOKIE_GOID_BITS, COOKIE_GOID_SHIFT) |
	       cookie_field(cookie.tls_off / COOKIE_WORD, COOKIE_TLS_BITS, COOKIE_TLS_SHIFT) |
	       cookie_field(cookie.page_off, COOKIE_PAGE_BITS, COOKIE_PAGE_SHIFT) |
	       cookie_field(cookie.variant, COOKIE_VARIANT_BITS, COOKIE_VARIANT_SHIFT);
}

static inline struct cookie cookie_unpack(__u64 packed)
{
	/* An arithmetic shift keeps the sign of what is at the top. */
	__s64 tls_words = (__s64)(packed << (64 - COOKIE_PAGE_SHIFT)) >> (64 - COOKIE_TLS_BITS);

	return (struct cookie){
		.function = packed & (COOKIE_MAX_FUNCTIONS - 1),
		.flags = packed >> COOKIE_FLAGS_SHIFT,
		.goid_off =
			(packed >> COOKIE_GOID_SHIFT & ((1 << COOKIE_GOID_BITS) - 1)) * COOKIE_WORD,
		.tls_off = tls_words * COOKIE_WORD,
		.page_off = packed >> COOKIE_PAGE_SHIFT & (COOKIE_PAGE_BYTES - 1),
		.variant = packed >> COOKIE_VARIANT_SHIFT,
	};
}

#endif
