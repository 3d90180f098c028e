/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_TARGET_H
#define GOTRACED_DAEMON_TARGET_H

#include "plan/plan.h"

/* A program, the functions in it that the user asked for, and where they would be probed. */
struct target {
	struct go_binary *binary;
	struct match match;
	struct plan plan;
	const char **names; /* of the traced functions, in the plan's order; owned */
};

/*
 * Opens the program and plans the functions that the patterns mean; without patterns, all. A
 * pattern that means nothing fails with -ENOENT and a reason that says what may have been meant. At
 * most max_functions, or -E2BIG.
 */
int target_init(struct target *target, const char *path, const char *const *patterns,
		size_t n_patterns, size_t max_functions, struct reason *why);
void target_fini(struct target *target);

#endif
