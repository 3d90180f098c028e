/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_TARGET_H
#define GOTRACED_DAEMON_TARGET_H

#include <sys/stat.h>

#include "plan/plan.h"

/* A program, the functions in it that the user asked for, and where they would be probed. */
struct target {
	struct go_binary *binary;
	struct stat file; /* that it was read from */
	char *name; /* of the program, for people; owned */
	struct match match;
	struct plan plan;
	uint32_t first_function; /* the index of the first of them among those of all targets */
};

/* Which functions of a program are meant; without patterns, all. */
struct target_choice {
	const char *const *patterns;
	size_t n_patterns;
	size_t max_functions; /* of all programs together */
	size_t n_before; /* that were chosen of other programs */
};

/*
 * Opens the program and plans the functions that the patterns mean. A pattern that means nothing
 * fails with -ENOENT and a reason that says what may have been meant; more functions than are
 * wanted fail with -E2BIG.
 */
int target_init(struct target *target, const char *path, const struct target_choice *choice,
		struct reason *why);
void target_fini(struct target *target);

#endif
