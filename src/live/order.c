/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A row and what it is sorted by: a name, or a figure. */
struct sorted {
	uint32_t row;
	bool is_idle;
	const char *name;
	double figure;
};

double column_share(enum column column)
{
	return column == COLUMN_P50 ? 0.5 : column == COLUMN_P90 ? 0.9 : 0.99;
}

/* What never returned has no quantiles. */
static double quantile(const struct take *take, uint32_t row, const struct view *view)
{
	struct report_function function;
	struct figures figures;

	if (!take->rows[row].of[view->span].n)
		return -1;
	take_get(take, row, view->span, &function, &figures);
	return (double)histogram_quantile(&figures.durations, column_share(view->sort));
}

static double figure_of(const struct take *take, uint32_t row, const struct view *view)
{
	const struct take_figures *of = &take->rows[row].of[view->span];

	switch (view->sort) {
	case COLUMN_CALLS:
		return (double)of->calls;
	case COLUMN_RATE:
		return of->seconds > 0 ? (double)of->calls / of->seconds : 0;
	case COLUMN_MAX:
		return (double)of->max_ns;
	case COLUMN_TOTAL:
		return (double)of->sum_ns;
	case COLUMN_IN_FLIGHT:
		return (double)of->in_flight;
	case COLUMN_UNWOUND:
		return (double)of->unwound;
	default:
		return quantile(take, row, view);
	}
}

static int compare(const void *a, const void *b, void *is_reversed)
{
	const struct sorted *x = a, *y = b;
	int order = 0;

	if (x->is_idle != y->is_idle)
		return x->is_idle ? 1 : -1;
	if (x->name)
		order = strcmp(x->name, y->name);
	else if (x->figure != y->figure)
		order = x->figure < y->figure ? 1 : -1;
	if (*(const bool *)is_reversed)
		order = -order;
	return order ? order : x->row < y->row ? -1 : 1;
}

static bool is_idle(const struct take_figures *of)
{
	return !of->calls && !of->in_flight && !of->unwound;
}

int order_init(struct order *order, const struct take *take, const struct view *view)
{
	size_t n = take->n_rows;
	struct sorted *sorted = calloc(n + 1, sizeof(*sorted));
	bool is_reversed = view->is_reversed, is_by_name = view->sort == COLUMN_FUNCTION;

	*order = (struct order){
		.rows = calloc(n + 1, sizeof(*order->rows)),
		.indexes = calloc(n + 1, sizeof(*order->indexes)),
		.n = n,
	};
	if (!sorted || !order->rows || !order->indexes) {
		free(sorted);
		order_fini(order);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < n; i++)
		sorted[i] = (struct sorted){
			.row = i,
			.is_idle = !is_by_name && is_idle(&take->rows[i].of[STATS_TOTAL]),
			.name = is_by_name ? take->rows[i].name : NULL,
			.figure = is_by_name ? 0 : figure_of(take, i, view),
		};
	qsort_r(sorted, n, sizeof(*sorted), compare, &is_reversed);
	for (size_t i = 0; i < n; i++) {
		order->rows[i] = sorted[i].row;
		order->indexes[i] = take->rows[sorted[i].row].index;
	}
	free(sorted);
	return 0;
}

void order_fini(struct order *order)
{
	free(order->rows);
	free(order->indexes);
	*order = (struct order){ 0 };
}
