/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/histogram.h"

#include <criterion/criterion.h>

Test(histogram, buckets_follow_each_other_without_a_gap)
{
	for (__u32 i = 0; i < N_BUCKETS; i++) {
		cr_assert_eq(bucket_of(bucket_low(i)), i);
		cr_assert_eq(bucket_of(bucket_high(i)), i);
		cr_assert_eq(bucket_high(i) + 1, bucket_low(i + 1));
	}
}
