/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_BUCKET_H
#define GOTRACED_BUCKET_H

#include "gotraced/types.h"

/*
 * What a bucket holds
 * ===================
 *
 * Durations are counted in log-linear buckets: each power of two is divided into 32 equal parts, so
 * that a bucket is at most 1/32 (3.125 %) as wide as its lowest value, and below 64 ns every
 * nanosecond has a bucket of its own.
 *
 *	value		0 .. 63		64 .. 127	128 .. 255	...
 *	bucket		0 .. 63		64 .. 95	96 .. 127	...
 *	width		1		2		4
 *
 * The bucket of v is found by shifting v right until it lies in 32 .. 63: v >> shift tells the
 * part, shift the power. The last bucket also takes everything from 2^48 ns (some three days) on.
 */
enum {
	BUCKET_PARTS_BITS = 5,
	BUCKET_VALUE_BITS = 48,
	N_BUCKETS = (BUCKET_VALUE_BITS - BUCKET_PARTS_BITS + 1) << BUCKET_PARTS_BITS,
};

/* The highest bit that is set, by halving: BPF has no instruction for it. value is not 0. */
static inline __u32 highest_bit_by_halving(__u64 value)
{
	__u32 bit = 0;

	for (__u32 half = 32; half; half /= 2) {
		if (value >> half) {
			value >>= half;
			bit += half;
		}
	}
	return bit;
}

static inline __u32 highest_bit(__u64 value)
{
#ifdef __bpf__
	return highest_bit_by_halving(value);
#else
	return 63 - __builtin_clzll(value);
#endif
}

static inline __u32 bucket_of(__u64 value)
{
	__u32 shift;

	if (value >> BUCKET_VALUE_BITS)
		return N_BUCKETS - 1;
	if (!(value >> (BUCKET_PARTS_BITS + 1)))
		return value;
	shift = highest_bit(value) - BUCKET_PARTS_BITS;
	return (shift << BUCKET_PARTS_BITS) + (value >> shift);
}

/* The lowest value of a bucket; that of N_BUCKETS is the end of the last one. */
static inline __u64 bucket_low(__u32 bucket)
{
	__u32 shift = bucket >> BUCKET_PARTS_BITS;

	if (shift <= 1)
		return bucket;
	return (__u64)(bucket - ((shift - 1) << BUCKET_PARTS_BITS)) << (shift - 1);
}

/* The highest value of a bucket. */
static inline __u64 bucket_high(__u32 bucket)
{
	return bucket_low(bucket + 1) - 1;
}

#endif
