/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_LOOP_H
#define GOTRACED_DAEMON_LOOP_H

#include <sys/types.h>

#include "daemon/session.h"
#include "live/terminal.h"

struct loop_params {
	struct options *options; /* read again when asked to, and then obeyed */
	const pid_t *pids; /* the loop ends when all of these have */
	size_t n_pids; /* 0: it does not wait for any */
	struct terminal *terminal; /* to show figures on meanwhile; NULL: none */
};

/* Why the loop ended. */
enum loop_end {
	LOOP_TIME_IS_UP,
	LOOP_INTERRUPTED,
	LOOP_PROCESSES_ENDED,
};

/*
 * Drains, and reports as time and signals want it, until the end: SIGUSR1 is a report in between,
 * after SIGUSR2 all figures begin anew as well, SIGHUP has the configuration read again and the
 * output opened anew. SIGINT and SIGTERM end the loop, and from then on act as they do by default;
 * so does SIGHUP, with neither a configuration nor a file for the output. With a terminal, the key q
 * ends it likewise, and each interval is shown instead of reported. Runs on a started session.
 */
int loop_run(struct session *session, const struct loop_params *params, enum loop_end *ret,
	     struct reason *why);

#endif
