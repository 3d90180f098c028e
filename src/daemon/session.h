/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_SESSION_H
#define GOTRACED_DAEMON_SESSION_H

#include "daemon/output.h"
#include "daemon/targets.h"
#include "report/report.h"
#include "stats/stats.h"
#include "trace/calibrate.h"

/*
 * One run of tracing: what is traced, by what, what came of it so far, and where that is reported.
 */
struct session {
	const struct targets *targets;
	struct output *output;
	struct tracer *tracer;
	struct stats stats;
	struct calibration calibration;
	bool is_calibrated;
	struct report_function *functions; /* of all targets; owned */
	uint64_t *detached_ns; /* when each function was detached; 0: it was not; owned */
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

/* Finds out what a traced call costs. To be called, if at all, before the probes are set. */
int session_calibrate(struct session *session, struct reason *why);

/* Sets the probes. */
int session_attach(struct session *session, struct reason *why);

/* Starts the clock that reports count from. */
void session_start(struct session *session);

/* Takes over what the kernel has measured. */
int session_drain(struct session *session, struct reason *why);

/* Reads how many calls of each function have begun, and how many have ended in which way. */
int session_read_counters(struct session *session, struct reason *why);

/*
 * Takes the probes of a function away, by its index among all. Its figures stay as they are at this
 * moment.
 */
int session_detach_function(struct session *session, uint32_t function, struct reason *why);

/* Writes a report. REPORT_INTERVAL begins a new interval. */
int session_report(struct session *session, enum report_kind kind, struct reason *why);

/*
 * Stops measuring and writes the final report; before it, where there are intervals, that of the
 * one begun last, so that the intervals add up to the whole. The probes are taken away before, or
 * left to session_fini.
 */
int session_finish(struct session *session, bool detaches, struct reason *why);

#endif
