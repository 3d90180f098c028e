/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_STATS_SPLIT_H
#define GOTRACED_STATS_SPLIT_H

#include <stdbool.h>

#include "stats/histogram.h"

/*
 * The durations of a function's calls, told apart by a value that each call had, known by its text.
 *
 * Values find room in the order in which they are first seen: SPLIT_MAX_VALUES of them, each with
 * histograms of its own. Calls with any other value are counted together, as are those whose value is not
 * known. So all of them together are always the function's calls.
 */
enum {
	SPLIT_MAX_VALUES = 250,
	SPLIT_OTHERS = 0, /* the places of these two; those of values follow */
	SPLIT_UNKNOWN = 1,
	SPLIT_FIRST = 2,
};

struct split_value {
	char *text; /* NULL for the two; owned */
	struct histogram *interval, *total; /* as in struct function_stats; owned */
};

struct split {
	struct split_value *at; /* owned */
	size_t n; /* with the two */
	bool is_full; /* values were seen that found no room */
};

/* All zero is the empty split. 0 or -ENOMEM. text NULL: the value is not known. */
int split_record(struct split *split, const char *text, uint64_t duration_ns);
int split_add_part(struct split *split, uint32_t part, const struct overflow_part *durations);
void split_fini(struct split *split);

/* As stats_next_interval; 0 or -ENOMEM. And as stats_restart: the values keep their places. */
int split_next_interval(struct split *split);
void split_restart(struct split *split);

/* The durations of a value's calls, in the interval or in all. */
void split_durations(const struct split *split, size_t i, bool is_total, struct histogram *ret);

#endif
