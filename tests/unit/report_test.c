/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

#include <criterion/criterion.h>

Test(report, kinds_have_names)
{
	cr_assert_str_eq(report_kind_name(REPORT_INTERVAL), "interval");
	cr_assert_str_eq(report_kind_name(REPORT_DUMP), "dump");
	cr_assert_str_eq(report_kind_name(REPORT_FINAL), "final");
}

Test(report, of_an_interval_is_over_that_and_others_are_over_all)
{
	cr_assert_eq(report_span(&(struct report){ .kind = REPORT_INTERVAL }), STATS_INTERVAL);
	cr_assert_eq(report_span(&(struct report){ .kind = REPORT_DUMP }), STATS_TOTAL);
	cr_assert_eq(report_span(&(struct report){ .kind = REPORT_FINAL }), STATS_TOTAL);
}
