/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_LIVE_TAKE_H
#define GOTRACED_LIVE_TAKE_H

#include "report/report.h"

/*
 * What the live screen is drawn from: the figures of all functions at one moment, both of the last
 * interval and since the start, so that whoever looks may sort, scroll and pause while tracing goes
 * on. It owns everything in it. Of a histogram it keeps the buckets from the least to the longest
 * duration. All zero is an empty one.
 */
struct take_figures {
	uint64_t calls, unwound, unmatched, not_started, dropped, within, in_flight;
	uint64_t n, sum_ns, min_ns, max_ns; /* of the durations */
	size_t counts_at; /* of the bucket of min_ns; the others follow it */
	double seconds;
};

struct take_row {
	char *name;
	uint32_t index; /* in stats: as long as it is traced, a function keeps it */
	uint32_t target;
	struct probe_cost cost;
	enum report_state state;
	struct take_figures of[N_STATS_SPANS];
};

struct take_target {
	char *name;
	struct report report[N_STATS_SPANS]; /* what is no pointer in it */
};

struct take {
	struct take_target *targets;
	size_t n_targets, n_targets_room;
	struct take_row *rows;
	size_t n_rows, n_rows_room;
	uint64_t *counts;
	size_t n_counts, n_counts_room;
	size_t n_added[N_STATS_SPANS], n_targets_added[N_STATS_SPANS];
};

void take_fini(struct take *take);

/* Makes it empty, to be filled again. */
void take_clear(struct take *take);

/*
 * Takes a report of a target's in. Those of the last interval and those of all so far are to be of
 * the same targets and functions, in the same order. A reporting_use of a take; 0 or -ENOMEM.
 */
int take_add(void *take, const struct report *report);

/* One function of one target, as reports have it; what is pointed to is the take's. */
void take_get(const struct take *take, size_t row, enum stats_span span,
	      struct report_function *function, struct figures *figures);

#endif
