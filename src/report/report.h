/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_REPORT_H
#define GOTRACED_REPORT_REPORT_H

#include <stdio.h>

#include "plan/plan.h"
#include "stats/stats.h"
#include "trace/calibrate.h"

/* What a report says, whatever its format. */
enum report_kind {
	REPORT_INTERVAL, /* one interval by itself */
	REPORT_DUMP, /* everything so far, asked for in between */
	REPORT_FINAL, /* everything */
};

/* A function of the report's. */
struct report_function {
	const char *name;
	struct probe_cost cost; /* of a call */
	double seconds; /* how long it was traced, of the report's span; 0: not at all */
	bool is_detached; /* its probes were taken away before the span was over */
};

struct report {
	enum report_kind kind;
	const char *binary;
	double seconds; /* how long its span is; more than 0 */
	const struct stats *stats;
	uint32_t first_function; /* of the binary, in stats */
	size_t n_functions;
	const struct report_function *functions;
	bool is_calibrated; /* the costs are known */
	uint64_t overhead_ns; /* what tracing took of the program's time within the span */
	double mean_cost_ns; /* of a call */
	uint64_t n_skipped; /* how often the kernel left our programs out, since the start */
};

/* Where a text report is to fit in. */
struct report_style {
	int n_columns;
	bool is_utf8;
};

/*
 * A format. binary is the program's name, for people. Output errors are left to the stream: its
 * owner checks it. Memory errors are returned: 0 or -ENOMEM.
 */
struct report_format {
	int (*calls)(FILE *to, const struct report *report, const struct report_style *style);
	int (*plan)(FILE *to, const struct plan *plan, const char *binary);
	int (*list)(FILE *to, const struct plan *plan, const char *binary);
	int (*summary)(FILE *to, const struct plan *plan, const char *binary);
};

extern const struct report_format report_text;
extern const struct report_format report_json;

/* "interval", "dump" or "final". */
const char *report_kind_name(enum report_kind kind);

enum stats_span report_span(const struct report *report);

/* Fills in what follows from the costs of the functions. */
void report_sum_costs(struct report *report);

/*
 * What the traced calls within a function's calls added to its times, in ns, at what a call costs
 * on average. 0 where that is not known.
 */
uint64_t report_cost_within_ns(const struct report *report, const struct figures *figures);

/* Calls a second, 0 where it was not traced. */
double report_rate(const struct report_function *function, const struct figures *figures);

/* Is half of the times little more than what the probes themselves add to them? */
bool report_is_near_bias(const struct report_function *function, const struct figures *figures);

/* The figures of one of the report's functions, over the report's span. */
void report_figures(const struct report *report, uint32_t function, struct figures *ret);

#endif
