/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live/take.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for n elements; what is new is all zero. False without memory. */
static bool make_room(void *array, size_t *n_room, size_t n, size_t element_bytes)
{
	void **at = array;
	size_t n_grown = n > 2 * *n_room ? n : 2 * *n_room;
	char *grown;

	if (n <= *n_room)
		return true;
	grown = reallocarray(*at, n_grown, element_bytes);
	if (!grown)
		return false;
	memset(grown + *n_room * element_bytes, 0, (n_grown - *n_room) * element_bytes);
	*at = grown;
	*n_room = n_grown;
	return true;
}

/* Most names are what they were in the take before. False without memory. */
static bool keep_name(char **kept, const char *name)
{
	if (*kept && strcmp(*kept, name) == 0)
		return true;
	free(*kept);
	*kept = strdup(name);
	return *kept != NULL;
}

void take_fini(struct take *take)
{
	for (size_t i = 0; i < take->n_rows_room; i++)
		free(take->rows[i].name);
	for (size_t i = 0; i < take->n_targets_room; i++)
		free(take->targets[i].name);
	free(take->rows);
	free(take->targets);
	free(take->counts);
	*take = (struct take){ 0 };
}

void take_clear(struct take *take)
{
	take->n_rows = take->n_targets = take->n_counts = 0;
	for (int span = 0; span < N_STATS_SPANS; span++)
		take->n_added[span] = take->n_targets_added[span] = 0;
}

static int add_counts(struct take *take, const struct histogram *durations)
{
	uint32_t from = bucket_of(durations->min_ns), to = bucket_of(durations->max_ns);
	size_t n = durations->n ? to - from + 1 : 0;

	if (!make_room(&take->counts, &take->n_counts_room, take->n_counts + n,
		       sizeof(*take->counts)))
		return -ENOMEM;
	if (n)
		memcpy(take->counts + take->n_counts, durations->counts + from,
		       n * sizeof(*take->counts));
	take->n_counts += n;
	return 0;
}

static int add_function(struct take *take, const struct report *report, uint32_t i, size_t target)
{
	const struct report_function *function = &report->functions[i];
	enum stats_span span = report_span(report);
	size_t at = take->n_added[span];
	struct figures figures;
	struct take_row *row;

	if (!make_room(&take->rows, &take->n_rows_room, at + 1, sizeof(*take->rows)))
		return -ENOMEM;
	row = &take->rows[at];
	if (!keep_name(&row->name, function->name))
		return -ENOMEM;
	row->index = function->index;
	row->target = (uint32_t)target;
	row->cost = function->cost;
	row->state = function->state;
	report_figures(report, i, &figures);
	row->of[span] = (struct take_figures){
		.calls = figures.calls,
		.unwound = figures.unwound,
		.unmatched = figures.unmatched,
		.not_started = figures.not_started,
		.dropped = figures.dropped,
		.within = figures.within,
		.in_flight = figures.in_flight,
		.n = figures.durations.n,
		.sum_ns = figures.durations.sum_ns,
		.min_ns = figures.durations.min_ns,
		.max_ns = figures.durations.max_ns,
		.counts_at = take->n_counts,
		.seconds = function->seconds,
	};
	take->n_added[span]++;
	if (take->n_rows < take->n_added[span])
		take->n_rows = take->n_added[span];
	return add_counts(take, &figures.durations);
}

int take_add(void *context, const struct report *report)
{
	struct take *take = context;
	enum stats_span span = report_span(report);
	size_t at = take->n_targets_added[span]++;
	struct take_target *target;
	int err = 0;

	if (!make_room(&take->targets, &take->n_targets_room, at + 1, sizeof(*take->targets)))
		return -ENOMEM;
	target = &take->targets[at];
	if (!keep_name(&target->name, report->target))
		return -ENOMEM;
	if (take->n_targets <= at)
		take->n_targets = at + 1;
	target->report[span] = *report;
	target->report[span].target = target->report[span].binary = NULL;
	target->report[span].labels = NULL;
	target->report[span].stats = NULL;
	target->report[span].functions = NULL;
	for (uint32_t i = 0; i < report->n_functions && !err; i++)
		err = add_function(take, report, i, at);
	return err;
}

void take_get(const struct take *take, size_t row, enum stats_span span,
	      struct report_function *function, struct figures *figures)
{
	const struct take_row *from = &take->rows[row];
	const struct take_figures *of = &from->of[span];
	uint32_t first = bucket_of(of->min_ns);
	size_t n = of->n ? bucket_of(of->max_ns) - first + 1 : 0;

	*function = (struct report_function){
		.name = from->name,
		.index = from->index,
		.cost = from->cost,
		.seconds = of->seconds,
		.state = from->state,
	};
	*figures = (struct figures){
		.calls = of->calls,
		.unwound = of->unwound,
		.unmatched = of->unmatched,
		.not_started = of->not_started,
		.dropped = of->dropped,
		.within = of->within,
		.in_flight = of->in_flight,
		.durations = { .n = of->n,
			       .sum_ns = of->sum_ns,
			       .min_ns = of->min_ns,
			       .max_ns = of->max_ns },
	};
	if (n)
		memcpy(figures->durations.counts + first, take->counts + of->counts_at,
		       n * sizeof(*take->counts));
}
