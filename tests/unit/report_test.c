/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

#include <criterion/criterion.h>

Test(report, kinds_have_names)
{
	cr_assert_str_eq(report_kind_name(REPORT_INTERVAL), "interval");
	cr_assert_str_eq(report_kind_name(REPORT_CUMULATIVE), "cumulative");
	cr_assert_str_eq(report_kind_name(REPORT_DUMP), "dump");
	cr_assert_str_eq(report_kind_name(REPORT_FINAL), "final");
}

Test(report, of_an_interval_is_over_that_and_others_are_over_all)
{
	cr_assert_eq(report_span(&(struct report){ .kind = REPORT_INTERVAL }), STATS_INTERVAL);
	cr_assert_eq(report_span(&(struct report){ .kind = REPORT_DUMP }), STATS_TOTAL);
	cr_assert_eq(report_span(&(struct report){ .kind = REPORT_FINAL }), STATS_TOTAL);
}

Test(report, states_have_names)
{
	cr_assert_str_eq(report_state_name(REPORT_TRACED), "traced");
	cr_assert_str_eq(report_state_name(REPORT_OVER_BUDGET), "over-budget");
	cr_assert_str_eq(report_state_name(REPORT_GONE), "gone");
}

Test(report, moments_are_in_utc_to_the_microsecond)
{
	struct report_time time;

	cr_assert_str_eq(report_time(&time, 0), "1970-01-01T00:00:00.000000Z");
	cr_assert_str_eq(report_time(&time, 1700000000250001999), "2023-11-14T22:13:20.250001Z");
}
