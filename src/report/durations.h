/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_DURATIONS_H
#define GOTRACED_REPORT_DURATIONS_H

#include <stdio.h>

#include "stats/split.h"

/* Histograms of durations as OpenMetrics has them. */
#define DURATIONS_NAME "gotraced_call_duration_seconds"

/* The upper bounds of their buckets, which are the caller's, with what is made of them. */
struct bounds {
	const uint64_t *ns;
	size_t n;
	char **labels; /* the end of a bucket's labels; owned, and each */
	uint64_t *counts; /* room for those of one histogram; owned */
};

/* 0 or -ENOMEM; bounds_fini either way. */
int bounds_init(struct bounds *bounds, const uint64_t *ns, size_t n);
void bounds_fini(struct bounds *bounds);

void durations_print(FILE *to, const struct bounds *bounds, const char *labels,
		     const struct histogram *durations);

/*
 * A histogram of each value by which calls are told apart, with the label "by". A series must go on for
 * as long as there are figures: so those values have one that were seen first, 20 of them, whatever time
 * their calls take; the rest are "other". 0 or -ENOMEM.
 */
int durations_print_split(FILE *to, const struct bounds *bounds, const struct split *split,
			  const char *labels);

/* In seconds, and the end of the line. */
void seconds_print(FILE *to, uint64_t ns);

#endif
