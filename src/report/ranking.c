/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/ranking.h"

#include <string.h>

static uint64_t sum_of(const struct split_value *value, bool is_total)
{
	return (value->interval ? value->interval->sum_ns : 0) +
	       (is_total && value->total ? value->total->sum_ns : 0);
}

static uint64_t n_calls(const struct split_value *value, bool is_total)
{
	return (value->interval ? value->interval->n : 0) +
	       (is_total && value->total ? value->total->n : 0);
}

/* Into its place by its sum; what falls out at the end is one of the others. */
static void rank(struct ranking *ranking, struct ranked_value value)
{
	size_t i = ranking->n;

	if (i == RANKING_MAX_VALUES && ranking->values[i - 1].sum_ns >= value.sum_ns)
		return;
	if (i == RANKING_MAX_VALUES)
		i--;
	else
		ranking->n++;
	for (; i > 0 && ranking->values[i - 1].sum_ns < value.sum_ns; i--)
		ranking->values[i] = ranking->values[i - 1];
	ranking->values[i] = value;
}

static bool is_ranked(const struct ranking *ranking, size_t place)
{
	for (size_t i = 0; i < ranking->n; i++)
		if (ranking->values[i].place == place)
			return true;
	return false;
}

void ranking_make(struct ranking *ranking, const struct split *split, bool is_total)
{
	struct histogram durations;

	memset(ranking, 0, sizeof(*ranking));
	for (size_t i = SPLIT_FIRST; i < split->n; i++)
		if (n_calls(&split->at[i], is_total))
			rank(ranking, (struct ranked_value){ split->at[i].text, i,
							     sum_of(&split->at[i], is_total) });
	for (size_t i = 0; i < split->n; i++) {
		if (!n_calls(&split->at[i], is_total) || is_ranked(ranking, i))
			continue;
		split_durations(split, i, is_total, &durations);
		histogram_merge(i == SPLIT_UNKNOWN ? &ranking->unknown : &ranking->others,
				&durations);
		ranking->n_others += i >= SPLIT_FIRST;
	}
}
