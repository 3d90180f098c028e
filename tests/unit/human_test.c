/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/human.h"

#include <criterion/criterion.h>

static void assert_time(uint64_t ns, const char *expected)
{
	struct human buffer;

	cr_assert_str_eq(human_time(&buffer, ns, true), expected, "%lu ns is '%s', not '%s'", ns,
			 buffer.text, expected);
}

static void assert_rate(double per_second, const char *expected)
{
	struct human buffer;

	cr_assert_str_eq(human_rate(&buffer, per_second), expected);
}

Test(human, times_below_a_microsecond_are_whole_nanoseconds)
{
	assert_time(0, "0 ns");
	assert_time(1, "1 ns");
	assert_time(812, "812 ns");
	assert_time(999, "999 ns");
}

Test(human, times_have_three_digits)
{
	assert_time(1000, "1.00 µs");
	assert_time(1234, "1.23 µs");
	assert_time(12340, "12.3 µs");
	assert_time(123400, "123 µs");
	assert_time(5060000, "5.06 ms");
	assert_time(50600000, "50.6 ms");
	assert_time(506000000, "506 ms");
	assert_time(1500000000, "1.50 s");
	assert_time(61000000000, "61.0 s");
}

Test(human, times_that_round_up_to_ten_or_a_hundred_lose_a_decimal)
{
	assert_time(9994, "9.99 µs");
	assert_time(9996, "10.0 µs");
	assert_time(99940, "99.9 µs");
	assert_time(99960, "100 µs");
}

Test(human, times_that_round_up_to_a_thousand_take_the_next_unit)
{
	assert_time(999400, "999 µs");
	assert_time(999500, "1.00 ms");
	assert_time(999900, "1.00 ms");
	assert_time(999400000, "999 ms");
	assert_time(999600000, "1.00 s");
}

Test(human, times_from_an_hour_are_hours_and_minutes)
{
	assert_time(3600000000000, "1 h 0 min");
	assert_time(3720000000000, "1 h 2 min");
	assert_time(90000000000000, "25 h 0 min");
}

Test(human, the_longest_time_fits)
{
	struct human buffer;

	human_time(&buffer, UINT64_MAX, true);
	cr_assert_str_eq(buffer.text, "5124095 h 34 min");
}

Test(human, times_are_ascii_where_utf8_is_not_understood)
{
	const uint64_t times[] = { 1, 1500, 999900, 1500000, 1500000000, 4000000000000 };
	struct human buffer;

	cr_assert_str_eq(human_time(&buffer, 1500, false), "1.50 us");
	for (unsigned int i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		for (const char *c = human_time(&buffer, times[i], false); *c; c++)
			cr_assert_lt((unsigned char)*c, 0x80);
}

Test(human, rates_below_a_hundred_have_decimals)
{
	assert_rate(0, "0.00");
	assert_rate(0.25, "0.25");
	assert_rate(3.14159, "3.14");
	assert_rate(9.996, "10.0");
	assert_rate(31.4159, "31.4");
	assert_rate(99.96, "100");
}

Test(human, rates_from_a_hundred_are_whole)
{
	assert_rate(401, "401");
	assert_rate(401.4, "401");
	assert_rate(999.6, "1000");
	assert_rate(12300, "12300");
}
