/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

#include <stdlib.h>
#include <time.h>

static const uint64_t NS_PER_SECOND = 1000000000;

static const char *const kind_names[] = {
	[REPORT_INTERVAL] = "interval",
	[REPORT_CUMULATIVE] = "cumulative",
	[REPORT_DUMP] = "dump",
	[REPORT_FINAL] = "final",
};

const char *report_kind_name(enum report_kind kind)
{
	return kind_names[kind];
}

const char *report_state_name(enum report_state state)
{
	static const char *const names[] = {
		[REPORT_TRACED] = "traced",
		[REPORT_OVER_BUDGET] = "over-budget",
		[REPORT_GONE] = "gone",
	};

	return names[state];
}

const char *report_time(struct report_time *buffer, uint64_t ns)
{
	time_t seconds = (time_t)(ns / NS_PER_SECOND);
	struct tm utc;
	size_t n;

	gmtime_r(&seconds, &utc);
	n = strftime(buffer->text, sizeof(buffer->text), "%FT%T", &utc);
	snprintf(buffer->text + n, sizeof(buffer->text) - n, ".%06luZ", ns % NS_PER_SECOND / 1000);
	return buffer->text;
}

static int by_index(const void *index, const void *function)
{
	uint32_t a = *(const uint32_t *)index,
		 b = ((const struct report_function *)function)->index;

	return a < b ? -1 : a > b;
}

const struct report_function *report_function_of(const struct report *report, uint32_t index)
{
	return bsearch(&index, report->functions, report->n_functions, sizeof(*report->functions),
		       by_index);
}

void report_graph_rest(const struct report *report, struct call_graph_function *ret)
{
	*ret = (struct call_graph_function){ 0 };
	for (size_t i = 0; i < report->n_functions; i++) {
		const struct call_graph_function *function =
			&report->graph->functions[report->functions[i].index];

		ret->n_others += function->n_others;
		ret->n_missed += function->n_missed;
	}
}

enum stats_span report_span(const struct report *report)
{
	return report->kind == REPORT_INTERVAL ? STATS_INTERVAL : STATS_TOTAL;
}

enum { TIMES_BIAS = 3 };

void report_sum_costs(struct report *report)
{
	uint64_t n_calls = 0;

	report->overhead_ns = 0;
	for (uint32_t i = 0; i < report->n_functions; i++) {
		uint64_t n =
			stats_calls(report->stats, report->functions[i].index, report_span(report));

		report->overhead_ns += n * report->functions[i].cost.call_ns;
		n_calls += n;
	}
	report->mean_cost_ns = n_calls ? (double)report->overhead_ns / (double)n_calls : 0;
}

uint64_t report_cost_within_ns(const struct report *report, const struct figures *figures)
{
	return (uint64_t)(report->mean_cost_ns * (double)figures->within);
}

double report_rate(const struct report_function *function, const struct figures *figures)
{
	return function->seconds > 0 ? (double)figures->calls / function->seconds : 0;
}

bool report_is_near_bias(const struct report_function *function, const struct figures *figures)
{
	return figures->durations.n && histogram_quantile(&figures->durations, 0.5) <
					       (uint64_t)TIMES_BIAS * function->cost.bias_ns;
}

void report_figures(const struct report *report, uint32_t function, struct figures *ret)
{
	stats_figures(report->stats, report->functions[function].index, report_span(report), ret);
}

bool report_is_idle(const struct figures *figures)
{
	return !figures->calls && !figures->in_flight && !figures->unwound && !figures->unmatched &&
	       !figures->not_started && !figures->filtered;
}

void report_counts(const struct report *report, uint32_t function, struct figures *ret)
{
	stats_counts(report->stats, report->functions[function].index, report_span(report), ret);
}

const struct split *report_split(const struct report *report, uint32_t function)
{
	return &report->stats->functions[report->functions[function].index].split;
}
