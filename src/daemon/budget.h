/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_BUDGET_H
#define GOTRACED_DAEMON_BUDGET_H

#include "daemon/session.h"

/*
 * Sees to it that tracing takes no more of a process's time than the user allows: where it does, the
 * functions that cost most are detached, one after the other. They are not attached again, since
 * only probing them would tell whether they have become cheaper, and figures with gaps are worth
 * little.
 */
struct budget {
	double max_percent; /* of one CPU, for each process; 0: no limit, but a warning */
	bool has_warned;
	bool is_watching; /* there was too much at the last look: counters were read then */
	uint64_t looked_ns; /* CLOCK_MONOTONIC, at the last look */
	uint64_t calls[LOAD_PROCESSES]; /* of each process, at the last look */
	uint64_t *entered; /* calls of each function, when they were last read; owned */
	double *cost_ns; /* what those between the last two times have cost; owned */
};

/* To be called when the session has started. 0 or -ENOMEM. */
int budget_init(struct budget *budget, const struct session *session, double max_percent);
void budget_fini(struct budget *budget);

/* Looks at what tracing costs, and does something about it. To be called about once a second. */
int budget_look(struct budget *budget, struct session *session, struct reason *why);

#endif
