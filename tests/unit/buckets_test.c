/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/buckets.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gotraced/bucket.h"

static struct options_buckets buckets;
static struct reason why;

static void fini(void)
{
	free(buckets.ns);
}

TestSuite(buckets, .fini = fini);

Test(buckets, are_a_list_of_times)
{
	cr_assert_eq(buckets_parse("1us, 5ms,,1\t2m", &buckets, &why), 0);
	cr_assert_eq(buckets.n, 4);
	cr_assert_eq(buckets.ns[0], 1000);
	cr_assert_eq(buckets.ns[1], 5000000);
	cr_assert_eq(buckets.ns[2], 1000000000);
	cr_assert_eq(buckets.ns[3], 120000000000);
}

Test(buckets, rise)
{
	cr_assert_eq(buckets_parse("1ms,1ms", &buckets, &why), -EINVAL);
	cr_assert_str_eq(why.text, "'1ms' is not more than what stands before it");
	cr_assert_eq(buckets_parse("1ms,999us", &buckets, &why), -EINVAL);
}

Test(buckets, are_some_but_not_too_many)
{
	char text[2000] = "";

	cr_assert_eq(buckets_parse(" , ", &buckets, &why), -EINVAL);
	cr_assert_eq(buckets_parse("soon", &buckets, &why), -EINVAL);
	for (int i = 1; i <= 257; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%d ", i);
	cr_assert_eq(buckets_parse(text, &buckets, &why), -EINVAL);
	cr_assert_str_eq(why.text, "more than 256 buckets");
}

Test(buckets, end_by_default_where_those_in_which_is_counted_do)
{
	cr_assert_eq(buckets_default(&buckets), 0);
	cr_assert_eq(buckets.ns[0], 1024);
	cr_assert_eq(buckets.ns[buckets.n - 1], 68719476736);
	for (size_t i = 0; i < buckets.n; i++)
		cr_assert_eq(bucket_low(bucket_of(buckets.ns[i])), buckets.ns[i]);
}
