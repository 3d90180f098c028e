/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_REPORT_H
#define GOTRACED_REPORT_REPORT_H

#include <stdio.h>

#include "go/source_frame.h"
#include "plan/plan.h"
#include "stats/call_graph.h"
#include "stats/stats.h"
#include "trace/calibrate.h"
#include "value/value.h"

/* What a report says, whatever its format. */
enum report_kind {
	REPORT_INTERVAL, /* one interval by itself */
	REPORT_CUMULATIVE, /* everything so far, at the end of an interval */
	REPORT_DUMP, /* everything so far, asked for in between */
	REPORT_FINAL, /* everything */
};

/* Whether a function is traced at the end of the report's span, or why not. */
enum report_state {
	REPORT_TRACED,
	REPORT_OVER_BUDGET, /* it was detached to keep within what tracing may cost */
	REPORT_GONE, /* no build of the program that is there has it */
};

/* A function of the report's. */
struct report_function {
	const char *name;
	uint32_t nth; /* of those of its name in a program, from 0 */
	uint32_t index; /* in stats */
	struct probe_cost cost; /* of a call */
	double seconds; /* how long it was traced, of the report's span; 0: not at all */
	enum report_state state;
};

/* What the user says of a target, for whoever reads its reports. */
struct report_label {
	const char *name, *value;
};

/* What was measured of one target. Strings and arrays belong to whoever makes the report. */
struct report {
	enum report_kind kind;
	const char *target; /* its name */
	const char *binary; /* path of its program, for people */
	const struct report_label *labels;
	size_t n_labels;
	uint64_t started_ns, ended_ns; /* its span, by CLOCK_REALTIME, which may be set meanwhile */
	double seconds; /* how long its span is, by a clock that is not; more than 0 */
	uint32_t n_changes; /* how often the program was replaced by another build, in the span */
	uint64_t changed_ns; /* when it last was, by CLOCK_REALTIME; 0: never */
	const struct stats *stats;
	size_t n_functions;
	const struct report_function *functions; /* by rising index */
	const struct call_graph *graph; /* NULL: it is not wanted, or not of this span */
	const char *by; /* by which expression calls are told apart; NULL: they are not */
	bool is_calibrated; /* the costs are known */
	uint64_t overhead_ns; /* what tracing took of the program's time within the span */
	double mean_cost_ns; /* of a call */
	uint64_t n_skipped; /* how often the kernel left our programs out, since the start */
};

/* A value that was taken of a call. */
enum report_role {
	REPORT_PARAMETER,
	REPORT_RESULT,
	REPORT_SHOWN, /* by an expression */
};

struct report_value {
	enum report_role role;
	const char *label;
	const struct value *value;
};

/* A single call that ended. Strings and arrays belong to whoever makes it. */
struct report_call {
	const char *target;
	const char *function;
	uint64_t started_ns; /* CLOCK_REALTIME */
	uint64_t duration_ns;
	uint64_t goroutine; /* its id */
	bool is_goroutine_known;
	uint32_t process, thread; /* on which it ended */
	bool is_unwound; /* by a panic or runtime.Goexit */
	size_t n_values;
	const struct report_value *values;
	bool is_stack_wanted, is_stack_known;
	size_t n_frames; /* from where it was called, innermost first; a name may be NULL */
	const struct source_frame *frames;
};

/* A call in a tree of calls. */
struct report_tree_call {
	const char *function; /* NULL: it is not traced any more */
	uint64_t after_ns; /* since the tree's start */
	uint64_t duration_ns, self_ns; /* self: without the calls within */
	uint32_t depth; /* 0: outermost */
	bool is_unwound;
	bool is_more; /* no call, but several in a row, put together for want of room */
	uint64_t n_more; /* how many; or else how many calls within are not in the tree, likewise */
	const char *values; /* as a format's values has printed them; NULL: none */
};

/* A call with the traced calls within it. Strings and arrays belong to whoever makes it. */
struct report_tree {
	const char *target;
	uint64_t started_ns; /* CLOCK_REALTIME */
	uint64_t monotonic_ns; /* the same by CLOCK_MONOTONIC */
	uint64_t goroutine;
	bool is_goroutine_known;
	uint32_t process;
	bool is_within; /* another traced call that had not ended, or that is not known of */
	const char *caller; /* the function of that one; NULL: not known */
	const struct report_tree_call *calls; /* in the order in which they began */
	size_t n_calls;
};

/* Calls that were not printed though they might have been, since it was last told. */
struct report_omitted {
	uint64_t n_over_limit; /* more than are printed in a second */
	uint64_t n_dropped; /* the ring buffer was full */
	uint64_t max_lines; /* a second */
};

/* Where a text report is to fit in. */
struct report_style {
	int n_columns;
	bool is_utf8;
};

/*
 * A format. binary is the program's name, for people. Output errors are left to the stream: its
 * owner checks it. Memory errors are returned, and those of a format that does not write to the
 * stream: 0 or -errno.
 */
struct report_format {
	/* What a file starts with, whose first report is of a span from started_ns on. NULL: nothing. */
	void (*begin)(FILE *to, uint64_t started_ns);
	/*
	 * Whoever reads it adds all reports up: it is to hold each call once, and so nothing but
	 * intervals.
	 */
	bool is_added_up;
	int (*calls)(FILE *to, const struct report *report, const struct report_style *style);
	/* NULL: it has no single calls. */
	int (*call)(FILE *to, const struct report_call *call, const struct report_style *style);
	/* What was taken of a call, as it is to stand in a tree; nothing when nothing was. */
	int (*values)(FILE *to, const struct report_call *call, const struct report_style *style);
	int (*tree)(FILE *to, const struct report_tree *tree, const struct report_style *style);
	/* So many calls that might have been printed were not. */
	int (*omitted)(FILE *to, const struct report_omitted *omitted);
	int (*plan)(FILE *to, const struct plan *plan, const char *binary);
	int (*list)(FILE *to, const struct plan *plan, const char *binary);
	int (*summary)(FILE *to, const struct plan *plan, const char *binary);
};

extern const struct report_format report_text;
extern const struct report_format report_json;
extern const struct report_format report_hlog; /* has no plans */
extern const struct report_format report_journal; /* neither has this, and it ignores the stream */

/* "interval", "cumulative", "dump" or "final". */
const char *report_kind_name(enum report_kind kind);

/* "traced", "over-budget" or "gone". */
const char *report_state_name(enum report_state state);

/* A moment by CLOCK_REALTIME as RFC 3339 has it, in UTC: 2026-11-21T20:15:04.250000Z. */
struct report_time {
	char text[40];
};
const char *report_time(struct report_time *buffer, uint64_t ns);

/* Which of the report's functions has this number in stats; NULL: none. */
const struct report_function *report_function_of(const struct report *report, uint32_t index);

/* How many calls of its functions are not in its call graph's edges, and why. */
void report_graph_rest(const struct report *report, struct call_graph_function *ret);

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

/* Has nothing happened, and is nothing happening, in a function? */
bool report_is_idle(const struct figures *figures);

/* The figures of one of the report's functions, over the report's span. */
void report_figures(const struct report *report, uint32_t function, struct figures *ret);

/* The calls of one of its functions, told apart. */
const struct split *report_split(const struct report *report, uint32_t function);

/* All but the durations, which are left as they are; quicker. */
void report_counts(const struct report *report, uint32_t function, struct figures *ret);

#endif
