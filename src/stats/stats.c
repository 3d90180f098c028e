/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/stats.h"

#include <errno.h>
#include <stdlib.h>

int stats_init(struct stats *stats, size_t n_functions)
{
	stats->n_functions = n_functions;
	stats->functions = calloc(n_functions ? n_functions : 1, sizeof(*stats->functions));
	return stats->functions ? 0 : -ENOMEM;
}

void stats_fini(struct stats *stats)
{
	for (size_t i = 0; stats->functions && i < stats->n_functions; i++) {
		free(stats->functions[i].total);
		free(stats->functions[i].interval);
		split_fini(&stats->functions[i].split);
	}
	free(stats->functions);
	*stats = (struct stats){ 0 };
}

/* NULL without memory. */
static struct histogram *interval_of(struct stats *stats, uint32_t function)
{
	struct function_stats *of = &stats->functions[function];

	if (!of->interval)
		of->interval = calloc(1, sizeof(*of->interval));
	return of->interval;
}

int stats_record_as(struct stats *stats, uint32_t function, const char *text, uint64_t duration_ns)
{
	struct histogram *interval = interval_of(stats, function);

	if (!interval)
		return -ENOMEM;
	histogram_record(interval, duration_ns);
	return stats->is_split ? split_record(&stats->functions[function].split, text, duration_ns)
			       : 0;
}

int stats_record(struct stats *stats, uint32_t function, uint64_t duration_ns)
{
	return stats_record_as(stats, function, NULL, duration_ns);
}

int stats_add_part(struct stats *stats, uint32_t function, uint32_t part,
		   const struct overflow_part *durations)
{
	struct histogram *interval = interval_of(stats, function);

	if (!interval)
		return -ENOMEM;
	histogram_add_part(interval, part, durations);
	return stats->is_split ? split_add_part(&stats->functions[function].split, part, durations)
			       : 0;
}

void stats_set_counters(struct stats *stats, uint32_t function,
			const struct call_counters *counters)
{
	stats->functions[function].now = *counters;
}

/*
 * Counters of different CPUs are not read at one moment: a difference that a moment made negative
 * is none.
 */
static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

uint64_t stats_calls(const struct stats *stats, uint32_t function, enum stats_span span)
{
	const struct function_stats *of = &stats->functions[function];
	const struct call_counters *since =
		span == STATS_INTERVAL ? &of->at_interval_start : &of->at_start;

	return (of->interval ? of->interval->n : 0) +
	       (span == STATS_TOTAL && of->total ? of->total->n : 0) +
	       less(of->now.n[CALL_DROPPED], since->n[CALL_DROPPED]);
}

void stats_counts(const struct stats *stats, uint32_t function, enum stats_span span,
		  struct figures *ret)
{
	const struct function_stats *of = &stats->functions[function];
	const struct call_counters *since =
		span == STATS_INTERVAL ? &of->at_interval_start : &of->at_start;

	ret->calls = stats_calls(stats, function, span);
	ret->unwound = less(of->now.n[CALL_UNWOUND], since->n[CALL_UNWOUND]);
	ret->unmatched = less(of->now.n[CALL_UNMATCHED], since->n[CALL_UNMATCHED]);
	ret->not_started = less(of->now.n[CALL_NOT_STARTED], since->n[CALL_NOT_STARTED]);
	ret->dropped = less(of->now.n[CALL_DROPPED], since->n[CALL_DROPPED]);
	ret->filtered = less(of->now.n[CALL_FILTERED], since->n[CALL_FILTERED]);
	ret->within = less(of->now.n[CALL_WITHIN], since->n[CALL_WITHIN]);
	ret->in_flight =
		less(of->now.n[CALL_STARTED], of->now.n[CALL_RETURNED] + of->now.n[CALL_UNWOUND]);
}

void stats_figures(const struct stats *stats, uint32_t function, enum stats_span span,
		   struct figures *ret)
{
	const struct function_stats *of = &stats->functions[function];

	stats_counts(stats, function, span, ret);
	ret->durations = (struct histogram){ 0 };
	if (of->interval)
		histogram_merge(&ret->durations, of->interval);
	if (span == STATS_TOTAL && of->total)
		histogram_merge(&ret->durations, of->total);
}

int stats_next_interval(struct stats *stats)
{
	for (size_t i = 0; i < stats->n_functions; i++) {
		struct function_stats *of = &stats->functions[i];

		of->at_interval_start = of->now;
		if (split_next_interval(&of->split))
			return -ENOMEM;
		if (!of->interval || of->interval->n == 0)
			continue;
		if (!of->total) {
			of->total = calloc(1, sizeof(*of->total));
			if (!of->total)
				return -ENOMEM;
		}
		histogram_merge(of->total, of->interval);
		histogram_clear(of->interval);
	}
	return 0;
}

static void empty(struct histogram *histogram)
{
	if (histogram)
		*histogram = (struct histogram){ 0 };
}

void stats_restart(struct stats *stats)
{
	for (size_t i = 0; i < stats->n_functions; i++) {
		struct function_stats *of = &stats->functions[i];

		of->at_start = of->at_interval_start = of->now;
		empty(of->total);
		empty(of->interval);
		split_restart(&of->split);
	}
}

void stats_forget(struct stats *stats, uint32_t function)
{
	struct function_stats *of = &stats->functions[function];

	free(of->total);
	free(of->interval);
	split_fini(&of->split);
	*of = (struct function_stats){ 0 };
}
