/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_STATS_HISTOGRAM_H
#define GOTRACED_STATS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "gotraced/bucket.h"
#include "gotraced/overflow.h"

/*
 * A latency histogram in the buckets of gotraced/bucket.h: of fixed size, exact in count, sum,
 * minimum and maximum. All zero is the empty histogram.
 */
struct histogram {
	uint64_t n;
	uint64_t sum_ns;
	uint64_t min_ns, max_ns; /* 0 when empty; outside of their buckets all counts are 0 */
	uint64_t counts[N_BUCKETS];
};

void histogram_record(struct histogram *histogram, uint64_t value_ns);
void histogram_clear(struct histogram *histogram);
void histogram_merge(struct histogram *into, const struct histogram *from);

/* Adds a part of a histogram that was kept in the kernel; part is less than OVERFLOW_PARTS. */
void histogram_add_part(struct histogram *histogram, uint32_t part,
			const struct overflow_part *from);

/* 0 when empty. */
uint64_t histogram_mean(const struct histogram *histogram);

/*
 * What stands for the values of a bucket that is not empty: its middle, within the minimum and the
 * maximum, so at most 1.6 % off below 2^48 ns (three days).
 */
uint64_t histogram_middle(const struct histogram *histogram, uint32_t bucket);

/*
 * The value that a share q (0 to 1) of all values does not exceed: the middle of its bucket. 0 when
 * empty.
 */
uint64_t histogram_quantile(const struct histogram *histogram, double q);

/*
 * How many values do not exceed each of n bounds, which ascend. A bucket counts where its middle
 * does: exact for a bound at which a bucket begins (but for values that are the bound itself, from
 * 64 ns on), else at most half a bucket off. What the last bucket holds exceeds every bound. As
 * values are added, no count gets less.
 */
void histogram_cumulate(const struct histogram *histogram, const uint64_t *bounds_ns, size_t n,
			uint64_t *ret_counts);

#endif
