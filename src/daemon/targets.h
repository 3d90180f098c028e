/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_TARGETS_H
#define GOTRACED_DAEMON_TARGETS_H

#include "cli/options.h"
#include "daemon/target.h"

/* All that is traced in one run. */
struct targets {
	struct target *at; /* owned */
	size_t n;
	size_t n_functions, n_traced, n_sites; /* of all of them */
};

/*
 * Opens the programs that the options name: each --binary; else the command's; else each that one
 * of the processes runs.
 */
int targets_init(struct targets *targets, const struct options *options, struct reason *why);
void targets_fini(struct targets *targets);

/* Does the process run one of the programs? */
bool targets_are_run_by(const struct targets *targets, pid_t pid);

#endif
