/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_DETACHER_H
#define GOTRACED_TRACE_DETACHER_H

#include <pthread.h>
#include <stdbool.h>

#include "trace/links.h"

/*
 * Takes links away in a thread of its own, so that nobody has to wait for the kernel, which takes a
 * tenth of a second for each perf event. All zero is one that has nothing to do.
 */
struct detacher {
	pthread_t thread;
	bool is_busy;
};

/* Takes the links over. */
void detacher_add(struct detacher *detacher, struct links *links);

/* Is it still at it? */
bool detacher_is_busy(struct detacher *detacher);

/* Does not wait for what is under way: that goes on while the process does. */
void detacher_fini(struct detacher *detacher);

#endif
