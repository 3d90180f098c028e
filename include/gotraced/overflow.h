/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_OVERFLOW_H
#define GOTRACED_OVERFLOW_H

#include "gotraced/bucket.h"
#include "gotraced/types.h"

/*
 * The overflow histogram: durations of calls that found the ring buffer full are counted in the
 * kernel, in the buckets of gotraced/bucket.h. It is kept in parts, a power of two each, which are
 * made when they are first needed, for each function on each CPU by itself.
 */
enum {
	OVERFLOW_BUCKETS = 1 << BUCKET_PARTS_BITS,
	OVERFLOW_PARTS = N_BUCKETS / OVERFLOW_BUCKETS,
};

struct overflow_key {
	__u32 function;
	__u16 part; /* of buckets part * OVERFLOW_BUCKETS and the following */
	__u16 cpu;
};
_Static_assert(sizeof(struct overflow_key) == 8, "shared with BPF");

struct overflow_part {
	__u64 counts[OVERFLOW_BUCKETS];
	__u64 sum_ns;
	__u64 min_ns, max_ns; /* min_ns > max_ns: none yet */
};
_Static_assert(sizeof(struct overflow_part) == 280, "shared with BPF");

#endif
