/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_STATS_STATS_H
#define GOTRACED_STATS_STATS_H

#include <stdbool.h>
#include <stddef.h>

#include "gotraced/record.h"
#include "stats/histogram.h"
#include "stats/split.h"

/*
 * What is known of each traced function: the durations of its calls, and the counters that the
 * kernel keeps. Both for the whole time and for the current interval; an interval ends when
 * stats_next_interval is called, and the whole time begins anew with stats_restart.
 */
struct function_stats {
	struct histogram *total; /* of the intervals that are over; NULL until the first call */
	struct histogram *interval; /* of the current one; NULL until the first call */
	struct call_counters now, at_interval_start, at_start;
	struct split split; /* the same durations, if they are told apart */
};

struct stats {
	struct function_stats *functions;
	size_t n_functions;
	bool is_split; /* durations are told apart by a value */
};

/* The figures of one function over one span of time. */
struct figures {
	uint64_t calls; /* that returned within it */
	uint64_t unwound, unmatched, not_started, dropped;
	uint64_t filtered; /* that conditions left out, and that count nowhere else */
	uint64_t
		within; /* calls of traced functions that were made within its calls, at any remove */
	uint64_t in_flight; /* at its end */
	struct histogram durations; /* of calls, except the dropped ones */
};

enum stats_span {
	STATS_TOTAL,
	STATS_INTERVAL,
	N_STATS_SPANS,
};

/* 0 or -ENOMEM. */
int stats_init(struct stats *stats, size_t n_functions);
void stats_fini(struct stats *stats);

/* Adds a call that returned. 0 or -ENOMEM. */
int stats_record(struct stats *stats, uint32_t function, uint64_t duration_ns);

/* With the text of the value that it is told apart by; NULL: not known. */
int stats_record_as(struct stats *stats, uint32_t function, const char *text, uint64_t duration_ns);

/* Adds calls that were counted in the kernel, a part of a histogram. 0 or -ENOMEM. */
int stats_add_part(struct stats *stats, uint32_t function, uint32_t part,
		   const struct overflow_part *durations);

/* Takes over the kernel's counters, as they stand since the probes were attached. */
void stats_set_counters(struct stats *stats, uint32_t function,
			const struct call_counters *counters);

void stats_figures(const struct stats *stats, uint32_t function, enum stats_span span,
		   struct figures *ret);

/* All but the durations, which are left as they are; quicker. */
void stats_counts(const struct stats *stats, uint32_t function, enum stats_span span,
		  struct figures *ret);

/* The number of calls alone; quicker. */
uint64_t stats_calls(const struct stats *stats, uint32_t function, enum stats_span span);

/* Begins a new interval. 0 or -ENOMEM. */
int stats_next_interval(struct stats *stats);

/* Begins everything anew, but for the calls that are in flight. */
void stats_restart(struct stats *stats);

/* Makes a function's place free for another one, whose counters begin at 0. */
void stats_forget(struct stats *stats, uint32_t function);

#endif
