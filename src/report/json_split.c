/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json_split.h"

#include <stdlib.h>

#include "report/json_line.h"
#include "report/ranking.h"

/* text NULL: of no single value. */
static json_t *figures_of(const struct histogram *durations, const char *text)
{
	struct json_line line;

	json_line_begin(&line);
	if (text)
		json_line_add_text(&line, "value", text);
	json_line_add_number(&line, "calls", durations->n);
	json_line_add_number(&line, "sum_ns", durations->sum_ns);
	json_line_add_number(&line, "min_ns", durations->min_ns);
	json_line_add_number(&line, "mean_ns", histogram_mean(durations));
	json_line_add_number(&line, "p50_ns", histogram_quantile(durations, 0.5));
	json_line_add_number(&line, "p90_ns", histogram_quantile(durations, 0.9));
	json_line_add_number(&line, "p99_ns", histogram_quantile(durations, 0.99));
	json_line_add_number(&line, "max_ns", durations->max_ns);
	if (line.is_complete)
		return line.object;
	json_decref(line.object);
	return NULL;
}

static json_t *values_of(const struct split *split, const struct ranking *ranking, bool is_total)
{
	json_t *array = json_array();
	struct histogram durations;

	for (size_t i = 0; array && i < ranking->n; i++) {
		split_durations(split, ranking->values[i].place, is_total, &durations);
		array = json_appended(array, figures_of(&durations, ranking->values[i].text));
	}
	return array;
}

json_t *json_split(const struct report *report, uint32_t function)
{
	bool is_total = report_span(report) == STATS_TOTAL;
	const struct split *split = report_split(report, function);
	struct ranking *ranking = malloc(sizeof(*ranking));
	struct json_line line;

	if (!ranking)
		return NULL;
	ranking_make(ranking, split, is_total);
	json_line_begin(&line);
	json_line_add_text(&line, "expression", report->by);
	json_line_add(&line, "values", values_of(split, ranking, is_total));
	json_line_add(&line, "others",
		      ranking->others.n ? figures_of(&ranking->others, NULL) : json_null());
	json_line_add_number(&line, "other_values", ranking->n_others);
	json_line_add(&line, "is_full", json_boolean(split->is_full));
	json_line_add(&line, "unknown",
		      ranking->unknown.n ? figures_of(&ranking->unknown, NULL) : json_null());
	free(ranking);
	if (line.is_complete)
		return line.object;
	json_decref(line.object);
	return NULL;
}
