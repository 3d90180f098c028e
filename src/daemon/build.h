/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_BUILD_H
#define GOTRACED_DAEMON_BUILD_H

#include <sys/stat.h>

#include "plan/plan.h"
#include "value/captures.h"

struct attachment;

/*
 * One program file of a target: the functions in it that the user asked for, where they would be
 * probed, and, once they are, by what. When another build of the program takes its place, it stays
 * for as long as processes run it.
 */
struct build {
	struct go_binary *binary;
	struct stat file; /* that it was read from */
	char *name; /* of the file, for people; owned */
	struct match match;
	struct plan plan;
	struct captures captures; /* what is taken of their calls */
	uint32_t variant; /* as in struct attached_plan */
	uint32_t *functions; /* as in struct attached_plan; owned; NULL until it is probed */
	size_t n_functions; /* of these */
	struct attachment *attachment; /* the tracer's; NULL: not probed */
	bool is_outdated; /* what is wanted of it now could not be had: the plan is of before */
	bool is_current; /* it lies where the target says; else only processes have it */
};

/* Which functions of a program are meant; without patterns, all. */
struct build_choice {
	const char *const *patterns;
	size_t n_patterns;
	size_t max_functions; /* of all programs together */
	size_t n_before; /* that were chosen of other programs */
	bool may_lack; /* some of them: that is said, and no failure */
	const struct capture_wish *wish; /* what is to be taken of their calls; NULL: nothing */
};

/*
 * Opens the program and plans the functions that the patterns mean. A pattern that means nothing
 * fails with -ENOENT and a reason that says what may have been meant; more functions than are
 * wanted fail with -E2BIG.
 */
int build_init(struct build *build, const char *path, const struct build_choice *choice,
	       struct reason *why);
void build_fini(struct build *build);

/* Does its file hold what was read? */
bool build_is_unchanged(const struct build *build);

/* What was chosen of a build, and planned, before something else was. */
struct former_choice {
	struct match match;
	struct plan plan;
	struct captures captures;
};

/*
 * Plans other functions of it; the former plan is the caller's, to free or to put back. After a
 * failure the build is as before.
 */
int build_choose(struct build *build, const struct build_choice *choice, struct former_choice *ret,
		 struct reason *why);
void build_put_back(struct build *build, struct former_choice *former);
void former_choice_fini(struct former_choice *former);

#endif
