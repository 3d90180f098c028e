/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_FOLLOW_H
#define GOTRACED_DAEMON_FOLLOW_H

#include "daemon/session.h"

/*
 * Follows the programs of a session as their files come and go. What lies at a target's path is
 * traced as soon as it is there; a build that another one took the place of, for as long as processes
 * run it; and one that is written into is left at once, since its probes would be in the midst of
 * other code.
 *
 * The kernel tells of changes (inotify), but not on all file systems, nor where a link on the way to
 * a file changes: so the files are looked at now and then all the same.
 */
struct follow {
	struct session *session;
	int fd; /* readable when something may have changed; -1: the kernel tells of nothing */
	uint64_t n_looks;
	uint64_t looked_ns; /* CLOCK_MONOTONIC, at the last look at everything */
	bool is_behind; /* the kernel has told of something since that was not looked at */
};

/* Cannot fail: what the kernel does not tell is found by looking. */
void follow_init(struct follow *follow, struct session *session);
void follow_fini(struct follow *follow);

/* To be called when fd is readable. */
int follow_on_change(struct follow *follow, struct reason *why);

/* Looks at everything. To be called about once a second. */
int follow_look(struct follow *follow, struct reason *why);

#endif
