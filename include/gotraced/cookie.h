/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_COOKIE_H
#define GOTRACED_COOKIE_H

#include "gotraced/types.h"

/*
 * The attach cookie: 64 bits that the kernel hands to a BPF program at each hit of a probe. It says
 * which function was hit and how to find its goroutine, so that a hit needs no lookup to know.
 *
 * bits  0-23  function: index into the tracer's functions
 *      24-31  flags
 *      32-47  goid_off: offset of runtime.g.goid
 *      48-63  tls_off: place of g from fsbase, signed; 0 when g is in R14
 */
enum {
	COOKIE_MAX_FUNCTIONS = 1 << 24,
	COOKIE_MAX_TAIL_TARGETS = 8, /* functions that one call can end in, by jumps */
};

enum cookie_flag {
	COOKIE_IS_JBE = 1 << 0, /* the probe is on a jbe: a hit with CF or ZF set is no call yet */
	COOKIE_ARGUMENT_ON_STACK =
		1 << 1, /* the called function takes its argument at SP; else in RAX */
	COOKIE_JUMPS = 1 << 2, /* an entry: the function may end by a jump to another */
	COOKIE_IS_JUMPED_TO = 1 << 3, /* an entry: such a jump of a traced function leads here */
	COOKIE_ENDS_JUMPERS = 1 << 4, /* a return: calls that jumped here end by it as well */
	COOKIE_IS_FOREIGN = 1 << 5, /* a return: that of a function which is not traced itself */
};

struct cookie {
	__u32 function;
	__u8 flags;
	__u16 goid_off;
	__s16 tls_off;
};

static inline __u64 cookie_pack(struct cookie cookie)
{
	return (__u64)(cookie.function & (COOKIE_MAX_FUNCTIONS - 1)) | (__u64)cookie.flags << 24 |
	       (__u64)cookie.goid_off << 32 | (__u64)(__u16)cookie.tls_off << 48;
}

static inline struct cookie cookie_unpack(__u64 packed)
{
	return (struct cookie){
		.function = packed & (COOKIE_MAX_FUNCTIONS - 1),
		.flags = packed >> 24,
		.goid_off = packed >> 32,
		.tls_off = (__s16)(packed >> 48),
	};
}

#endif
