/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_RANKING_H
#define GOTRACED_REPORT_RANKING_H

#include "stats/split.h"

/*
 * The values that a function's calls are told apart by, in a report: those that took the most time, each
 * by itself, and all others together.
 */
enum { RANKING_MAX_VALUES = 20 };

struct ranked_value {
	const char *text; /* owned by the split */
	size_t place; /* in it */
	uint64_t sum_ns;
};

struct ranking {
	struct ranked_value values[RANKING_MAX_VALUES];
	size_t n;
	struct histogram others; /* the calls of all other values */
	size_t n_others; /* such values; more, where the split is full */
	struct histogram unknown;
};

/* Large: not for the stack of a thread that has little. */
void ranking_make(struct ranking *ranking, const struct split *split, bool is_total);

#endif
