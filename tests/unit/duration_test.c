/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expr/duration.h"

#include <criterion/criterion.h>
#include <errno.h>

static void assert_is(const char *text, uint64_t expected_ns)
{
	uint64_t ns = 0;

	cr_assert_eq(duration_parse(text, &ns), 0, "'%s' is refused", text);
	cr_assert_eq(ns, expected_ns, "'%s' is %lu ns", text, ns);
}

static void assert_refused(const char *text)
{
	uint64_t ns = 4711;

	cr_assert_eq(duration_parse(text, &ns), -EINVAL, "'%s' is taken for %lu ns", text, ns);
	cr_assert_eq(ns, 4711);
}

Test(duration, is_in_seconds_without_a_unit)
{
	assert_is("10", 10000000000);
	assert_is("1", 1000000000);
	assert_is("0.5", 500000000);
}

Test(duration, knows_its_units)
{
	assert_is("1ns", 1);
	assert_is("250us", 250000);
	assert_is("500ms", 500000000);
	assert_is("10s", 10000000000);
	assert_is("2m", 120000000000);
	assert_is("1h", 3600000000000);
	assert_is("1d", 86400000000000);
}

Test(duration, takes_fractions)
{
	assert_is("1.5m", 90000000000);
	assert_is("0.25s", 250000000);
	assert_is("2.5d", 216000000000000);
}

Test(duration, may_be_ten_years_but_no_longer)
{
	assert_is("3652d", 3652 * 86400000000000);
	assert_refused("3653d");
	assert_refused("1000000h");
	assert_refused("99999999999999999999");
}

Test(duration, is_more_than_nothing)
{
	assert_refused("0");
	assert_refused("0.0s");
	assert_refused("0ns");
	assert_refused("0.4ns");
	assert_refused("1e-300s");
}

Test(duration, is_a_number)
{
	assert_refused("");
	assert_refused("s");
	assert_refused("ms");
	assert_refused("ten");
	assert_refused("nan");
	assert_refused("inf");
	assert_refused("infinity");
	assert_refused("1e400");
	assert_refused("1..5s");
}

Test(duration, has_no_sign_and_no_space)
{
	assert_refused("-1");
	assert_refused("+1");
	assert_refused(" 1");
	assert_refused("1 ");
	assert_refused("1 s");
	assert_refused("1\n");
}

Test(duration, is_not_hexadecimal)
{
	assert_refused("0x10");
	assert_refused("0X10s");
	assert_refused("0x1p4");
}

Test(duration, has_one_known_unit)
{
	assert_refused("10x");
	assert_refused("10S");
	assert_refused("10sec");
	assert_refused("10mss");
	assert_refused("1h30m");
	assert_refused("1y");
	assert_refused("1µs");
}
