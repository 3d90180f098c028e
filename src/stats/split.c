/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/split.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct split_value *add_value(struct split *split, const char *text)
{
	struct split_value *grown = reallocarray(split->at, split->n + 1, sizeof(*grown));
	char *copy = text ? strdup(text) : NULL;

	if (grown)
		split->at = grown;
	if (!grown || (text && !copy)) {
		free(copy);
		return NULL;
	}
	grown[split->n] = (struct split_value){ .text = copy };
	return &grown[split->n++];
}

/* NULL without memory. */
static struct split_value *find_value(struct split *split, const char *text)
{
	while (split->n < SPLIT_FIRST)
		if (!add_value(split, NULL))
			return NULL;
	if (!text)
		return &split->at[SPLIT_UNKNOWN];
	for (size_t i = SPLIT_FIRST; i < split->n; i++)
		if (strcmp(split->at[i].text, text) == 0)
			return &split->at[i];
	if (split->n < SPLIT_FIRST + SPLIT_MAX_VALUES)
		return add_value(split, text);
	split->is_full = true;
	return &split->at[SPLIT_OTHERS];
}

static struct histogram *interval_of(struct split *split, const char *text)
{
	struct split_value *value = find_value(split, text);

	if (value && !value->interval)
		value->interval = calloc(1, sizeof(*value->interval));
	return value ? value->interval : NULL;
}

int split_record(struct split *split, const char *text, uint64_t duration_ns)
{
	struct histogram *interval = interval_of(split, text);

	if (!interval)
		return -ENOMEM;
	histogram_record(interval, duration_ns);
	return 0;
}

int split_add_part(struct split *split, uint32_t part, const struct overflow_part *durations)
{
	struct histogram *interval = interval_of(split, NULL);

	if (!interval)
		return -ENOMEM;
	histogram_add_part(interval, part, durations);
	return 0;
}

void split_fini(struct split *split)
{
	for (size_t i = 0; i < split->n; i++) {
		free(split->at[i].text);
		free(split->at[i].interval);
		free(split->at[i].total);
	}
	free(split->at);
	*split = (struct split){ 0 };
}

int split_next_interval(struct split *split)
{
	for (size_t i = 0; i < split->n; i++) {
		struct split_value *value = &split->at[i];

		if (!value->interval || value->interval->n == 0)
			continue;
		if (!value->total)
			value->total = calloc(1, sizeof(*value->total));
		if (!value->total)
			return -ENOMEM;
		histogram_merge(value->total, value->interval);
		histogram_clear(value->interval);
	}
	return 0;
}

void split_restart(struct split *split)
{
	for (size_t i = 0; i < split->n; i++) {
		if (split->at[i].interval)
			histogram_clear(split->at[i].interval);
		if (split->at[i].total)
			histogram_clear(split->at[i].total);
	}
}

void split_durations(const struct split *split, size_t i, bool is_total, struct histogram *ret)
{
	const struct split_value *value = &split->at[i];

	*ret = (struct histogram){ 0 };
	if (value->interval)
		histogram_merge(ret, value->interval);
	if (is_total && value->total)
		histogram_merge(ret, value->total);
}
