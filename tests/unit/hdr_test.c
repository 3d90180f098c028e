/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/hdr.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "hdr_decoded.h"

static struct histogram durations;
static struct hdr_decoded decoded;

static void encode_and_decode(void)
{
	char *text;

	cr_assert_eq(hdr_encode(&durations, &text), 0);
	hdr_decode(text, &decoded);
	free(text);
}

static void record_many(void)
{
	srandom(7);
	for (int i = 0; i < 100000; i++)
		histogram_record(&durations, (uint64_t)random() << random() % 17 >> random() % 31);
}

/* Of all buckets of HdrHistogram's that lie within one of ours. */
static uint64_t n_within(uint64_t low, uint64_t high)
{
	uint64_t n = 0;

	for (const struct hdr_bucket *bucket = hdr_decoded_bucket(&decoded, low);
	     bucket->low <= high; bucket++)
		n += bucket->n;
	return n;
}

Test(hdr, keeps_every_count)
{
	record_many();
	encode_and_decode();
	cr_assert_eq(hdr_decoded_n(&decoded), 100000);
	for (uint32_t i = 0; i < N_BUCKETS; i++)
		cr_assert_eq(n_within(bucket_low(i), bucket_high(i)), durations.counts[i],
			     "bucket %u", i);
}

Test(hdr, puts_the_values_of_a_bucket_into_its_middle)
{
	histogram_record(&durations, 1);
	for (int i = 0; i < 10; i++)
		histogram_record(&durations, bucket_low(500));
	histogram_record(&durations, 1000000000);
	encode_and_decode();
	cr_assert_eq(hdr_decoded_bucket(&decoded, (bucket_low(500) + bucket_high(500)) / 2)->n, 10);
}

Test(hdr, keeps_values_below_64_as_they_are)
{
	for (uint64_t ns = 0; ns < 64; ns++)
		for (uint64_t i = 0; i <= ns % 3; i++)
			histogram_record(&durations, ns);
	encode_and_decode();
	cr_assert_eq(decoded.n_buckets, 64);
	for (uint64_t ns = 0; ns < 64; ns++) {
		cr_assert_eq(decoded.buckets[ns].low, ns);
		cr_assert_eq(decoded.buckets[ns].high, ns);
		cr_assert_eq(decoded.buckets[ns].n, ns % 3 + 1);
	}
}

Test(hdr, knows_minimum_and_maximum_better_than_their_buckets)
{
	for (uint32_t i = 64; i < N_BUCKETS - 1; i++) {
		const uint64_t min_ns = bucket_low(i) + 1, max_ns = bucket_high(i + 1) - 1;

		durations = (struct histogram){ 0 };
		histogram_record(&durations, min_ns);
		for (int n = 0; n < 5; n++)
			histogram_record(&durations, bucket_low(i + 1));
		histogram_record(&durations, max_ns);
		encode_and_decode();
		cr_assert_eq(hdr_decoded_first(&decoded), hdr_decoded_bucket(&decoded, min_ns));
		cr_assert_eq(hdr_decoded_last(&decoded), hdr_decoded_bucket(&decoded, max_ns));
		cr_assert_eq(hdr_decoded_n(&decoded), 7);
	}
}

Test(hdr, minimum_and_maximum_may_share_a_bucket)
{
	const uint64_t low = bucket_low(1000);

	for (int i = 0; i < 3; i++)
		histogram_record(&durations, low);
	histogram_record(&durations, bucket_high(1000));
	encode_and_decode();
	cr_assert_eq(hdr_decoded_first(&decoded), hdr_decoded_bucket(&decoded, low));
	cr_assert_eq(hdr_decoded_last(&decoded), hdr_decoded_bucket(&decoded, bucket_high(1000)));
	cr_assert_eq(hdr_decoded_n(&decoded), 4);
}

Test(hdr, an_empty_histogram_has_an_empty_bucket)
{
	encode_and_decode();
	cr_assert_eq(decoded.n_bytes, 1);
	cr_assert_eq(decoded.n_buckets, 1);
	cr_assert_null(hdr_decoded_first(&decoded));
}

Test(hdr, one_value_is_minimum_and_maximum)
{
	histogram_record(&durations, 1234567);
	encode_and_decode();
	cr_assert_eq(hdr_decoded_n(&decoded), 1);
	cr_assert_eq(hdr_decoded_bucket(&decoded, 1234567)->n, 1);
}

Test(hdr, one_zero_is_not_an_empty_histogram)
{
	histogram_record(&durations, 0);
	encode_and_decode();
	cr_assert_eq(decoded.buckets[0].n, 1);
	cr_assert_eq(hdr_decoded_n(&decoded), 1);
}

Test(hdr, empty_buckets_in_a_row_share_a_count)
{
	histogram_record(&durations, 0);
	histogram_record(&durations, 2);
	histogram_record(&durations, 60);
	encode_and_decode();
	cr_assert_eq(decoded.n_bytes, 5);
	cr_assert_eq(decoded.n_buckets, 61);
	cr_assert_eq(hdr_decoded_n(&decoded), 3);
}

Test(hdr, the_last_bucket_and_its_larger_values_have_a_place)
{
	const uint64_t values[] = { (1ull << 48) - 1, 1ull << 48, 1ull << 60, INT64_MAX };

	for (size_t i = 0; i < 4; i++) {
		durations = (struct histogram){ 0 };
		histogram_record(&durations, values[i]);
		encode_and_decode();
		cr_assert_eq(hdr_decoded_bucket(&decoded, values[i])->n, 1);
		cr_assert_geq(decoded.highest_trackable, values[i]);
	}
}

Test(hdr, values_that_hdrhistogram_does_not_have_are_its_highest)
{
	histogram_record(&durations, 5);
	histogram_record(&durations, UINT64_MAX);
	histogram_record(&durations, 1ull << 63);
	encode_and_decode();
	cr_assert_eq(hdr_decoded_n(&decoded), 3);
	cr_assert_eq(decoded.highest_trackable, INT64_MAX);
	cr_assert_eq(hdr_decoded_last(&decoded)->high, INT64_MAX);
}

Test(hdr, histograms_of_up_to_three_days_have_the_same_range)
{
	encode_and_decode();
	cr_assert_eq(decoded.highest_trackable, (1ull << 48) - 1);
	histogram_record(&durations, 3600000000000);
	encode_and_decode();
	cr_assert_eq(decoded.highest_trackable, (1ull << 48) - 1);
}

Test(hdr, keeps_huge_counts)
{
	/* Around the numbers at which a count takes another byte. */
	for (int bits = 5; bits < 63; bits++) {
		for (int more = -1; more <= 1; more++) {
			const uint64_t n = (1ull << bits) + more;

			durations = (struct histogram){ .n = n, .min_ns = 7, .max_ns = 7 };
			durations.counts[7] = n;
			encode_and_decode();
			cr_assert_eq(decoded.buckets[7].n, n);
			cr_assert_eq(decoded.n_buckets, 8);
		}
	}
	durations.counts[7] = INT64_MAX;
	encode_and_decode();
	cr_assert_eq(decoded.buckets[7].n, INT64_MAX);
	cr_assert_eq(decoded.n_buckets, 8);
}

Test(hdr, every_bucket_may_be_full)
{
	durations = (struct histogram){ .max_ns = bucket_high(N_BUCKETS - 1) };
	for (uint32_t i = 0; i < N_BUCKETS; i++)
		durations.counts[i] = (1ull << 52) + i;
	encode_and_decode();
	for (uint32_t i = 0; i < N_BUCKETS; i++)
		cr_assert_eq(n_within(bucket_low(i), bucket_high(i)), (1ull << 52) + i);
	/* HdrHistogram's own reader takes up to eight bytes for each of 42 times 128 buckets. */
	cr_assert_lt(decoded.n_bytes, 8 * 42 * 128);
}

Test(hdr, counts_every_value_even_where_minimum_and_maximum_are_in_empty_buckets)
{
	durations = (struct histogram){ .n = 3, .min_ns = 10, .max_ns = 30 };
	durations.counts[20] = 3;
	encode_and_decode();
	cr_assert_eq(decoded.buckets[20].n, 3);
	cr_assert_eq(hdr_decoded_n(&decoded), 3);
}
