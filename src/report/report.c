/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

static const char *const kind_names[] = {
	[REPORT_INTERVAL] = "interval",
	[REPORT_DUMP] = "dump",
	[REPORT_FINAL] = "final",
};

const char *report_kind_name(enum report_kind kind)
{
	return kind_names[kind];
}

enum stats_span report_span(const struct report *report)
{
	return report->kind == REPORT_INTERVAL ? STATS_INTERVAL : STATS_TOTAL;
}

void report_figures(const struct report *report, uint32_t function, struct figures *ret)
{
	stats_figures(report->stats, report->first_function + function, report_span(report), ret);
}
