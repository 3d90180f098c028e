/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_SESSION_H
#define GOTRACED_DAEMON_SESSION_H

#include "daemon/output.h"
#include "daemon/targets.h"
#include "stats/stats.h"
#include "trace/tracer.h"

/*
 * One run of tracing: what is traced, by what, what came of it so far, and where that is reported.
 */
struct session {
	const struct targets *targets;
	struct output *output;
	struct tracer *tracer;
	struct stats stats;
	bool has_intervals; /* they are reported */
	uint64_t started_ns, interval_started_ns; /* CLOCK_MONOTONIC */
	bool is_out_of_memory;
};

/*
 * Loads the programs for the targets; nothing is probed yet. The targets and the output must
 * outlive the session.
 */
int session_init(struct session *session, const struct targets *targets, struct output *output,
		 const struct tracer_params *params, struct reason *why);
void session_fini(struct session *session);

/* Sets the probes. */
int session_attach(struct session *session, struct reason *why);

/* Starts the clock that reports count from. */
void session_start(struct session *session);

/* Takes over what the kernel has measured. */
int session_drain(struct session *session, struct reason *why);

/* Writes a report. REPORT_INTERVAL begins a new interval. */
int session_report(struct session *session, enum report_kind kind, struct reason *why);

/*
 * Stops measuring, takes the probes away, and writes the final report; before it, where there are
 * intervals, that of the one begun last, so that the intervals add up to the whole.
 */
int session_finish(struct session *session, struct reason *why);

#endif
