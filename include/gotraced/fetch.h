/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_FETCH_H
#define GOTRACED_FETCH_H

#include "gotraced/types.h"

/*
 * How values of a call are taken
 * ==============================
 *
 * What is wanted of a function's calls is compiled into a fetch program: a list of steps, some for the
 * entry and some for the return, that one BPF routine runs. A step copies a register, or some bytes of
 * the process's memory, to its place in the call's capture. Its address is a register, or a word that
 * an earlier step has brought, and an offset: so that pointers are followed. How much is copied may
 * depend on such a word as well: the length of a string.
 *
 * Each step has its place whatever the others bring, so that user space knows where everything is. One
 * that fails, since the memory is out of reach or the pointer nil, leaves its bit in
 * call_detail.failed_steps, and in its place what was there before. So what builds on it has failed as
 * well, whatever its own bit says.
 *
 * Conditions look at what the steps before them have brought, and leave a call out unless they hold.
 */
enum {
	FETCH_MAX_STEPS = 128, /* of a function: bits in failed_steps */
	FETCH_STEP_WORDS = FETCH_MAX_STEPS / 64, /* of a bit for each */
	FETCH_MAX_BYTES = 4096, /* of all values of a call, with its stack */
	FETCH_MAX_STEP_BYTES = 1024,
	FETCH_MAX_CONDITIONS = 8,
	FETCH_STRING_WORDS = 8, /* that a string is compared in */
	FETCH_NOWHERE = 0xffff, /* instead of a place in the capture */
	FETCH_SP = 7, /* RSP, as DWARF numbers registers */
};

enum fetch_kind {
	FETCH_REGISTER = 0, /* its lowest n_bytes: 1, 2, 4 or 8 */
	FETCH_MEMORY = 1,
	/* Of elements, max_count at most; the word at count_at tells how many there are. */
	FETCH_ELEMENTS = 2,
	/* One of elements: fails unless the word at count_at is more than max_count. */
	FETCH_ELEMENT = 3,
	/* Of a map or chan: if the base is nil, and the step that brought it did not fail, it is 0. */
	FETCH_LENGTH = 4,
};

struct fetch_step {
	__u8 kind;
	__u8 reg; /* as DWARF numbers it: what is taken, or the base if base_at is FETCH_NOWHERE */
	__u16 to;
	__u16 n_bytes; /* FETCH_MAX_STEP_BYTES at most; FETCH_ELEMENTS: of one element */
	__u16 base_at; /* of the word that holds the base */
	__u16 count_at;
	__u16 base_step; /* FETCH_LENGTH: which has brought the base */
	__u32 max_count;
	__s64 off; /* from the base */
};
_Static_assert(sizeof(struct fetch_step) == 24, "shared with BPF");

enum fetch_comparison {
	FETCH_EQUAL = 0,
	FETCH_UNEQUAL = 1,
	FETCH_LESS = 2,
	FETCH_AT_MOST = 3,
	FETCH_GREATER = 4,
	FETCH_AT_LEAST = 5,
	FETCH_BEGINS_WITH = 6, /* strings only */
};

enum fetch_comparand {
	FETCH_UNSIGNED = 0,
	FETCH_SIGNED = 1,
	FETCH_REAL = 2, /* IEEE 754, of 4 or 8 bytes */
	FETCH_STRING = 3,
};

struct fetch_condition {
	__u8 comparison;
	__u8 comparand;
	__u8 n_bytes; /* of a number: 1, 2, 4 or 8 */
	__u8 n_string_bytes;
	__u16 at; /* of the value, or of a string's bytes */
	__u16 length_at; /* of a string */
	__u32 reserved;
	__u64 needs
		[FETCH_STEP_WORDS]; /* the steps, by their bits, without which it does not hold */
	__u64 number; /* sign-extended; of a real, its bits */
	__u64 string[FETCH_STRING_WORDS]; /* padded with zeros */
};
_Static_assert(sizeof(struct fetch_condition) == 104, "shared with BPF");

/* What is done at the entry, or at the return. */
struct fetch_part {
	__u8 first_step;
	__u8 n_condition_steps; /* which come first; the rest only if all conditions hold */
	__u8 n_steps;
	__u8 first_condition, n_conditions;
	__u8 reserved[3];
};
_Static_assert(sizeof(struct fetch_part) == 8, "shared with BPF");

struct fetch_program {
	struct fetch_part at_entry, at_return;
	__u16 n_bytes; /* of values; those of the stack follow */
	__u16 reserved[3];
	struct fetch_step steps[FETCH_MAX_STEPS];
	struct fetch_condition conditions[FETCH_MAX_CONDITIONS];
};

/* Which program: of a function, in one of the builds that it is probed in at a time. */
enum {
	FETCH_VARIANT_BITS = 4,
	FETCH_VARIANTS = 1 << FETCH_VARIANT_BITS,
};

static inline __u32 fetch_key(__u32 function, __u32 variant)
{
	return function << FETCH_VARIANT_BITS | variant;
}

#endif
