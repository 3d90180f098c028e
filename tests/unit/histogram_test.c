/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/histogram.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t hour_ns = 3600000000000;

static struct histogram histogram, other;

Test(histogram, buckets_follow_each_other_without_a_gap)
{
	for (__u32 i = 0; i < N_BUCKETS; i++) {
		cr_assert_eq(bucket_of(bucket_low(i)), i);
		cr_assert_eq(bucket_of(bucket_high(i)), i);
		cr_assert_eq(bucket_high(i) + 1, bucket_low(i + 1));
	}
}

Test(histogram, buckets_begin_at_zero_and_end_at_some_three_days)
{
	cr_assert_eq(bucket_low(0), 0);
	cr_assert_eq(bucket_low(N_BUCKETS), 1ull << 48);
	cr_assert_gt(bucket_high(N_BUCKETS - 1), 3 * 24 * hour_ns);
}

Test(histogram, each_nanosecond_below_64_has_a_bucket_of_its_own)
{
	for (__u64 ns = 0; ns < 64; ns++) {
		cr_assert_eq(bucket_of(ns), ns);
		cr_assert_eq(bucket_high(bucket_of(ns)), ns);
	}
	cr_assert_eq(bucket_of(64), bucket_of(65));
}

Test(histogram, no_bucket_from_64_on_is_wider_than_a_thirty_second)
{
	for (__u32 i = 64; i < N_BUCKETS; i++) {
		double low = bucket_low(i), width = (double)bucket_high(i) + 1 - low;

		cr_assert_leq(width / low, 0.032, "bucket %u", i);
	}
}

Test(histogram, a_value_lies_in_its_bucket)
{
	uint64_t state = 88172645463325252;

	for (int i = 0; i < 200000; i++) {
		uint64_t value;

		/* xorshift64, at all orders of magnitude */
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		value = state >> (16 + i % 48);
		cr_assert_leq(bucket_low(bucket_of(value)), value);
		cr_assert_geq(bucket_high(bucket_of(value)), value);
	}
}

Test(histogram, the_last_bucket_takes_everything_larger)
{
	cr_assert_eq(bucket_of((1ull << 48) - 1), N_BUCKETS - 1);
	cr_assert_eq(bucket_of(1ull << 48), N_BUCKETS - 1);
	cr_assert_eq(bucket_of(UINT64_MAX), N_BUCKETS - 1);
}

Test(histogram, an_hour_and_more_is_still_told_apart)
{
	cr_assert_neq(bucket_of(hour_ns), bucket_of(hour_ns + hour_ns / 20));
	cr_assert_neq(bucket_of(24 * hour_ns), bucket_of(25 * hour_ns));
}

Test(histogram, the_highest_bit_is_found_by_halving_as_well)
{
	for (__u32 bit = 0; bit < 64; bit++) {
		cr_assert_eq(highest_bit_by_halving(1ULL << bit), bit);
		cr_assert_eq(highest_bit_by_halving(~0ULL >> (63 - bit)), bit);
	}
	srandom(2);
	for (int i = 0; i < 10000; i++) {
		uint64_t value = 1 + ((uint64_t)random() << random() % 32);

		cr_assert_eq(highest_bit_by_halving(value), highest_bit(value));
	}
}

Test(histogram, empty_has_no_values)
{
	cr_assert_eq(histogram.n, 0);
	cr_assert_eq(histogram_mean(&histogram), 0);
	cr_assert_eq(histogram_quantile(&histogram, 0), 0);
	cr_assert_eq(histogram_quantile(&histogram, 0.5), 0);
	cr_assert_eq(histogram_quantile(&histogram, 1), 0);
}

Test(histogram, one_value_is_every_quantile)
{
	histogram_record(&histogram, 1234567);
	cr_assert_eq(histogram_mean(&histogram), 1234567);
	cr_assert_eq(histogram_quantile(&histogram, 0), 1234567);
	cr_assert_eq(histogram_quantile(&histogram, 0.5), 1234567);
	cr_assert_eq(histogram_quantile(&histogram, 0.999), 1234567);
	cr_assert_eq(histogram_quantile(&histogram, 1), 1234567);
}

Test(histogram, count_sum_minimum_and_maximum_are_exact)
{
	const uint64_t values[] = { 1000003, 999999, 7, 12 * hour_ns + 1, 7 };

	for (size_t i = 0; i < 5; i++)
		histogram_record(&histogram, values[i]);
	cr_assert_eq(histogram.n, 5);
	cr_assert_eq(histogram.sum_ns, 12 * hour_ns + 2000017);
	cr_assert_eq(histogram.min_ns, 7);
	cr_assert_eq(histogram.max_ns, 12 * hour_ns + 1);
}

Test(histogram, a_zero_is_a_value)
{
	histogram_record(&histogram, 5);
	histogram_record(&histogram, 0);
	cr_assert_eq(histogram.min_ns, 0);
	cr_assert_eq(histogram_quantile(&histogram, 0.5), 0);
	cr_assert_eq(histogram_quantile(&histogram, 0.51), 5);
}

Test(histogram, the_largest_value_of_all_is_recorded)
{
	histogram_record(&histogram, UINT64_MAX);
	cr_assert_eq(histogram.counts[N_BUCKETS - 1], 1);
	cr_assert_eq(histogram_quantile(&histogram, 0.5), UINT64_MAX);
}

Test(histogram, merged_is_the_same_as_recorded_in_one)
{
	static struct histogram both;

	srandom(1);
	for (int i = 0; i < 10000; i++) {
		uint64_t value = (uint64_t)random() << random() % 10;

		histogram_record(i % 3 ? &histogram : &other, value);
		histogram_record(&both, value);
	}
	histogram_merge(&histogram, &other);
	cr_assert_eq(memcmp(&histogram, &both, sizeof(both)), 0);
}

Test(histogram, merging_with_an_empty_one_changes_nothing)
{
	static struct histogram before;

	histogram_record(&histogram, 17);
	before = histogram;
	histogram_merge(&histogram, &other);
	cr_assert_eq(memcmp(&histogram, &before, sizeof(before)), 0);
	histogram_merge(&other, &histogram);
	cr_assert_eq(memcmp(&other, &before, sizeof(before)), 0);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

Test(histogram, quantiles_are_those_of_the_sorted_values_within_1_6_percent)
{
	/* Shares in thousandths, so that the expected rank is computed in whole numbers. */
	const unsigned int shares[] = { 1, 10, 100, 250, 500, 900, 950, 990, 999 };
	enum { N = 99991 };
	static uint64_t values[N];

	srandom(42);
	for (int i = 0; i < N; i++) {
		values[i] = (uint64_t)random() << random() % 17;
		histogram_record(&histogram, values[i]);
	}
	qsort(values, N, sizeof(values[0]), by_value);
	for (unsigned int i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		uint64_t expected = values[((uint64_t)N * shares[i] + 999) / 1000 - 1];
		uint64_t got = histogram_quantile(&histogram, shares[i] / 1000.0);

		cr_assert_float_eq((double)got, (double)expected, 0.016 * (double)expected,
				   "share %u/1000: %lu instead of %lu", shares[i], got, expected);
	}
	cr_assert_eq(histogram_quantile(&histogram, 1), values[N - 1]);
}

Test(histogram, quantiles_are_exact_for_values_below_64)
{
	for (uint64_t value = 1; value <= 10; value++)
		histogram_record(&histogram, value);
	cr_assert_eq(histogram_quantile(&histogram, 0.1), 1);
	cr_assert_eq(histogram_quantile(&histogram, 0.5), 5);
	cr_assert_eq(histogram_quantile(&histogram, 0.51), 6);
	cr_assert_eq(histogram_quantile(&histogram, 0.9), 9);
	cr_assert_eq(histogram_quantile(&histogram, 0.99), 10);
}

Test(histogram, quantiles_never_leave_what_was_measured)
{
	/* Both in one bucket, whose middle neither is. */
	histogram_record(&histogram, bucket_low(1000));
	histogram_record(&histogram, bucket_low(1000) + 1);
	cr_assert_eq(bucket_of(bucket_low(1000) + 1), 1000);
	for (double q = 0; q <= 1; q += 0.125) {
		cr_assert_geq(histogram_quantile(&histogram, q), bucket_low(1000));
		cr_assert_leq(histogram_quantile(&histogram, q), bucket_low(1000) + 1);
	}
}

/* Records a value as the kernel does in its overflow histogram. */
static void overflow_record(struct overflow_part *parts, uint64_t value_ns)
{
	uint32_t bucket = bucket_of(value_ns);
	struct overflow_part *part = &parts[bucket / OVERFLOW_BUCKETS];
	bool is_empty = part->min_ns > part->max_ns;

	part->counts[bucket % OVERFLOW_BUCKETS]++;
	part->sum_ns += value_ns;
	if (is_empty || value_ns < part->min_ns)
		part->min_ns = value_ns;
	if (is_empty || value_ns > part->max_ns)
		part->max_ns = value_ns;
}

Test(histogram, parts_from_the_kernel_are_the_same_as_recorded_here)
{
	static struct overflow_part parts[OVERFLOW_PARTS];
	static struct histogram both;

	for (uint32_t i = 0; i < OVERFLOW_PARTS; i++)
		parts[i].min_ns = UINT64_MAX;
	srandom(3);
	for (int i = 0; i < 10000; i++) {
		uint64_t value = (uint64_t)random() << random() % 30 >> random() % 30;

		if (i % 3)
			histogram_record(&histogram, value);
		else
			overflow_record(parts, value);
		histogram_record(&both, value);
	}
	for (uint32_t i = 0; i < OVERFLOW_PARTS; i++)
		histogram_add_part(&histogram, i, &parts[i]);
	cr_assert_eq(memcmp(&histogram, &both, sizeof(both)), 0);
}

Test(histogram, an_empty_part_changes_nothing)
{
	static const struct overflow_part empty = { .min_ns = UINT64_MAX };
	struct histogram before;

	histogram_record(&histogram, 7);
	before = histogram;
	histogram_add_part(&histogram, 3, &empty);
	cr_assert_eq(memcmp(&histogram, &before, sizeof(before)), 0);
}

Test(histogram, cumulates_exactly_up_to_where_a_bucket_begins)
{
	static const uint64_t bounds[] = { 10, 1 << 10, 1 << 20, 1 << 30 };
	uint64_t counts[4];

	histogram_record(&histogram, 10);
	histogram_record(&histogram, 11);
	histogram_record(&histogram, (1 << 10) - 1);
	histogram_record(&histogram, (1 << 20) - 1);
	histogram_record(&histogram, (1 << 20) + 1);
	histogram_record(&histogram, 1ull << 40);
	histogram_cumulate(&histogram, bounds, 4, counts);
	cr_assert_eq(counts[0], 1);
	cr_assert_eq(counts[1], 3);
	cr_assert_eq(counts[2], 4);
	cr_assert_eq(counts[3], 5);
}

Test(histogram, cumulates_within_half_a_bucket)
{
	uint64_t counts[1], bounds[1];

	for (uint64_t value = 1; value < 1000000; value += 7)
		histogram_record(&histogram, value);
	for (bounds[0] = 1; bounds[0] < 1000000; bounds[0] += 997) {
		double exact = (double)((bounds[0] - 1) / 7 + 1);

		histogram_cumulate(&histogram, bounds, 1, counts);
		cr_assert_float_eq((double)counts[0], exact, 2 + exact / 60, "%lu", bounds[0]);
	}
}

Test(histogram, what_the_last_bucket_holds_exceeds_every_bound)
{
	static const uint64_t bounds[] = { UINT64_MAX - 1, UINT64_MAX };
	uint64_t counts[2];

	histogram_record(&histogram, 1ull << 40);
	histogram_record(&histogram, 1ull << 50);
	histogram_cumulate(&histogram, bounds, 2, counts);
	cr_assert_eq(counts[0], 1);
	cr_assert_eq(counts[1], 1);
}

Test(histogram, a_part_that_was_written_to_while_it_was_read_is_merged_whole)
{
	struct overflow_part part = { .counts = { [3] = 1, [20] = 2 }, .min_ns = UINT64_MAX };

	histogram_add_part(&histogram, 4, &part);
	histogram_merge(&other, &histogram);
	cr_assert_eq(other.n, 3);
	cr_assert_eq(other.counts[4 * OVERFLOW_BUCKETS + 3], 1);
	cr_assert_eq(other.counts[4 * OVERFLOW_BUCKETS + 20], 2);
	cr_assert_eq(other.min_ns, bucket_low(4 * OVERFLOW_BUCKETS + 3));
}

Test(histogram, cleared_is_the_empty_one)
{
	histogram_record(&histogram, 7);
	histogram_record(&histogram, hour_ns);
	histogram_clear(&histogram);
	cr_assert_eq(memcmp(&histogram, &other, sizeof(other)), 0);
	histogram_clear(&histogram);
	cr_assert_eq(memcmp(&histogram, &other, sizeof(other)), 0);
}
