/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_LOOP_H
#define GOTRACED_DAEMON_LOOP_H

#include <sys/types.h>

#include "daemon/session.h"

struct loop_params {
	uint64_t interval_ns, duration_ns; /* 0: none */
	double max_overhead_percent; /* of one CPU, for each process; 0: no limit */
	const pid_t *pids; /* the loop ends when all of these have */
	size_t n_pids; /* 0: it does not wait for any */
};

/* Why the loop ended. */
enum loop_end {
	LOOP_TIME_IS_UP,
	LOOP_INTERRUPTED,
	LOOP_PROCESSES_ENDED,
};

/* Blocks the signals that loop_run waits for, so that none is lost before it does. */
void loop_block_reports(void);

/*
 * Drains, and reports as time and signals want it, until the end: SIGUSR1 is a report in between;
 * SIGINT and SIGTERM end the loop, and from then on act as they do by default. Runs on a started
 * session.
 */
int loop_run(struct session *session, const struct loop_params *params, enum loop_end *ret,
	     struct reason *why);

#endif
