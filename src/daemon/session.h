/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_SESSION_H
#define GOTRACED_DAEMON_SESSION_H

#include "daemon/details.h"
#include "daemon/functions.h"
#include "daemon/output.h"
#include "daemon/server.h"
#include "daemon/targets.h"
#include "report/report.h"
#include "stats/stats.h"
#include "trace/calibrate.h"

/* When a span of time that reports are of began, by both clocks. */
struct moment {
	uint64_t monotonic_ns, realtime_ns;
};

/*
 * One run of tracing: what is traced, by what, what came of it so far, and where that is reported.
 */
struct session {
	struct targets *targets;
	struct output *output;
	struct server *server; /* NULL: none */
	const char *by; /* the expression that tells calls apart; NULL: none */
	const struct options_buckets *buckets; /* of its metrics; what they are may change */
	struct details *details; /* of single calls; NULL: none are wanted; owned */
	struct tracer *tracer;
	struct functions functions;
	struct stats stats;
	uint64_t n_skipped; /* how often the kernel left our programs out, since the start */
	struct calibration calibration;
	bool is_calibrated;
	struct report_function *reported; /* room for all functions; owned */
	bool has_intervals; /* they are reported, each by itself */
	bool is_settling; /* what was measured is not to wait for what may have been before it */
	bool is_over; /* nothing is measured any more */
	bool ends_unheard; /* when nobody can read its output any more */
	struct moment started[N_STATS_SPANS];
	bool is_out_of_memory;
};

/*
 * Loads the programs for the targets; nothing is probed yet. The targets and the output must
 * outlive the session.
 */
int session_init(struct session *session, struct targets *targets, struct output *output,
		 const struct tracer_params *params, struct reason *why);
void session_fini(struct session *session);

/* Finds out what a traced call costs. To be called, if at all, before the probes are set. */
int session_calibrate(struct session *session, struct reason *why);

/* Sets the probes of all builds. */
int session_attach(struct session *session, struct reason *why);

/*
 * Has those of a build be where it is planned now: of one that came later, or whose plan has
 * changed. After a failure it has those that it had, which are those of the former plan.
 */
int session_attach_build(struct session *session, const struct target *target, struct build *build,
			 struct reason *why);

/* Takes the probes of a build away. What was counted stays. */
void session_detach_build(struct session *session, struct build *build);

/* Forgets a function that is probed in no build any more, with all that was counted of it. */
void session_forget(struct session *session, uint32_t function);

/* Starts the clock that reports count from. */
void session_start(struct session *session);

/* Takes over what the kernel has measured. */
int session_drain(struct session *session, struct reason *why);

/* Reads how many calls of each function have begun, and how many have ended in which way. */
int session_read_counters(struct session *session, struct reason *why);

/*
 * Takes the probes of a function away, since it costs too much. Its figures stay as they are at this
 * moment, and no build that comes later has it probed.
 */
int session_detach_function(struct session *session, uint32_t function, struct reason *why);

/* Takes over all that was measured and counted until now. */
int session_take_over(struct session *session, struct reason *why);

/* A span of time begins anew; at its end or start. */
void session_begin_span(struct session *session, enum stats_span span, struct moment at);
struct moment moment_now(void);

/* Begins all figures anew. */
void session_restart(struct session *session);

#endif
