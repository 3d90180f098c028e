/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/histogram.h"

#include <math.h>
#include <string.h>

void histogram_record(struct histogram *histogram, uint64_t value_ns)
{
	if (histogram->n == 0 || value_ns < histogram->min_ns)
		histogram->min_ns = value_ns;
	if (value_ns > histogram->max_ns)
		histogram->max_ns = value_ns;
	histogram->n++;
	histogram->sum_ns += value_ns;
	histogram->counts[bucket_of(value_ns)]++;
}

void histogram_clear(struct histogram *histogram)
{
	uint32_t first = bucket_of(histogram->min_ns), last = bucket_of(histogram->max_ns);

	memset(histogram->counts + first, 0, (last - first + 1) * sizeof(*histogram->counts));
	histogram->n = histogram->sum_ns = histogram->min_ns = histogram->max_ns = 0;
}

static void widen(struct histogram *histogram, uint64_t min_ns, uint64_t max_ns)
{
	if (histogram->n == 0 || min_ns < histogram->min_ns)
		histogram->min_ns = min_ns;
	if (max_ns > histogram->max_ns)
		histogram->max_ns = max_ns;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
	uint32_t last = bucket_of(from->max_ns);

	if (from->n == 0)
		return;
	widen(into, from->min_ns, from->max_ns);
	into->n += from->n;
	into->sum_ns += from->sum_ns;
	for (uint32_t i = bucket_of(from->min_ns); i <= last; i++)
		into->counts[i] += from->counts[i];
}

void histogram_add_part(struct histogram *histogram, uint32_t part,
			const struct overflow_part *from)
{
	uint32_t first = N_BUCKETS, last = 0;
	uint64_t n = 0;

	for (uint32_t i = 0; i < OVERFLOW_BUCKETS; i++) {
		uint32_t bucket = part * OVERFLOW_BUCKETS + i;

		if (!from->counts[i])
			continue;
		histogram->counts[bucket] += from->counts[i];
		n += from->counts[i];
		first = first < bucket ? first : bucket;
		last = bucket;
	}
	if (n == 0)
		return;
	/* It was written to by other CPUs while it was read, not all of it at one moment. */
	widen(histogram, bucket_of(from->min_ns) > first ? bucket_low(first) : from->min_ns,
	      bucket_of(from->max_ns) < last ? bucket_low(last) : from->max_ns);
	histogram->n += n;
	histogram->sum_ns += from->sum_ns;
}

uint64_t histogram_mean(const struct histogram *histogram)
{
	return histogram->n ? histogram->sum_ns / histogram->n : 0;
}

static uint64_t middle_of(uint32_t bucket)
{
	return bucket_low(bucket) + (bucket_high(bucket) - bucket_low(bucket)) / 2;
}

uint64_t histogram_middle(const struct histogram *histogram, uint32_t bucket)
{
	uint64_t middle = middle_of(bucket);

	if (middle < histogram->min_ns)
		return histogram->min_ns;
	return middle > histogram->max_ns ? histogram->max_ns : middle;
}

uint64_t histogram_quantile(const struct histogram *histogram, double q)
{
	uint64_t rank = (uint64_t)ceil(q * (double)histogram->n), seen = 0;

	if (histogram->n == 0)
		return 0;
	if (rank >= histogram->n)
		return histogram->max_ns;
	for (uint32_t i = bucket_of(histogram->min_ns); i < N_BUCKETS; i++) {
		seen += histogram->counts[i];
		if (seen >= rank && seen > 0)
			return histogram_middle(histogram, i);
	}
	return histogram->max_ns;
}

void histogram_cumulate(const struct histogram *histogram, const uint64_t *bounds_ns, size_t n,
			uint64_t *ret_counts)
{
	uint64_t count = 0;
	uint32_t bucket = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t end = bucket_of(bounds_ns[i]);

		end += end < N_BUCKETS - 1 && middle_of(end) <= bounds_ns[i];
		for (; bucket < end && histogram->n; bucket++)
			count += histogram->counts[bucket];
		ret_counts[i] = count;
	}
}
