/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text_split.h"

#include <errno.h>
#include <stdlib.h>

#include "report/human.h"
#include "report/ranking.h"

enum { TIME_COLUMNS = 9 };

static void print_line(FILE *to, const struct histogram *durations, const char *text,
		       const struct report_style *style)
{
	const uint64_t times[] = {
		durations->sum_ns,
		histogram_mean(durations),
		histogram_quantile(durations, 0.5),
		histogram_quantile(durations, 0.99),
		durations->max_ns,
	};
	struct human human;

	fprintf(to, "  %10lu", durations->n);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		fputs("  ", to);
		human_print(to, human_time(&human, times[i], style->is_utf8), TIME_COLUMNS);
	}
	fprintf(to, "  %s\n", text);
}

int text_print_split(FILE *to, const struct report *report, uint32_t function,
		     const struct report_style *style)
{
	bool is_total = report_span(report) == STATS_TOTAL;
	const struct split *split = report_split(report, function);
	struct ranking *ranking = malloc(sizeof(*ranking));
	struct histogram durations;
	char others[64];

	if (!ranking)
		return -ENOMEM;
	ranking_make(ranking, split, is_total);
	fprintf(to, "  %10s  %9s  %9s  %9s  %9s  %9s  by %s\n", "calls", "total", "mean", "p50",
		"p99", "max", report->by);
	for (size_t i = 0; i < ranking->n; i++) {
		split_durations(split, ranking->values[i].place, is_total, &durations);
		print_line(to, &durations, ranking->values[i].text, style);
	}
	snprintf(others, sizeof(others), "(%s%zu other value%s)",
		 split->is_full ? "more than " : "", ranking->n_others,
		 ranking->n_others == 1 ? "" : "s");
	if (ranking->others.n)
		print_line(to, &ranking->others, others, style);
	if (ranking->unknown.n)
		print_line(to, &ranking->unknown, "(not known)", style);
	free(ranking);
	return 0;
}
