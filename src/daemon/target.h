/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_TARGET_H
#define GOTRACED_DAEMON_TARGET_H

#include "cli/options.h"
#include "daemon/build.h"
#include "report/report.h"
#include "stats/stats.h"

/* A path at which a program of a target's may lie, and what lies there. */
struct place {
	char *path; /* owned */
	struct stat file; /* as it was at the last look; all zero: nothing was there */
	struct build *build; /* what of it is traced, of the target's builds; NULL: nothing */
	bool was_traced; /* something was, that ever lay there */
	bool has_failed; /* it could not be traced, */
	bool is_told; /* which was said */
};

/*
 * What the user wants traced as one thing: a program in all of its builds, the one that lies at its
 * path now and those that processes still run. Functions of the same name are one function.
 *
 * A target that is chosen processes, or the command that was started, has no places: its programs
 * are what these run, and stay so.
 */
struct target {
	const struct options_target *wanted;
	char *name; /* owned */
	struct report_label *labels; /* the wanted ones; owned, but not their texts */
	struct build **builds; /* each owned, and the array */
	size_t n_builds;
	struct place *places; /* owned */
	size_t n_places;
	bool is_glob; /* the places are those that match it now */
	bool is_full_told; /* that they match it in more places than are looked at was said */
	bool is_for_chosen; /* processes, not for all */
	uint32_t n_changes[N_STATS_SPANS]; /* builds that took another's place */
	uint64_t changed_ns; /* when that last happened, by CLOCK_REALTIME; 0: never */
};

/* A target without builds; name NULL: that of its binary. -ENOMEM. */
int target_new(struct target **ret, const struct options_target *wanted, const char *name,
	       struct reason *why);
void target_free(struct target *target);

/* What is wanted is now told by another of the options' targets. -ENOMEM. */
int target_set_wanted(struct target *target, const struct options_target *wanted);

/* Finds the places: the path, or the files that the glob means now. -ENOMEM. */
int target_find_places(struct target *target, struct reason *why);

/* Has what lies at a place, and could not be traced, be tried again at the next look. */
void target_retry_places(struct target *target);

/* Opens a program file and plans what is wanted of it, as a build of the target; as build_init. */
int target_add_build(struct target *target, const char *path, const struct build_choice *choice,
		     struct build **ret, struct reason *why);

/* Frees a build, which must not be probed. */
void target_remove_build(struct target *target, struct build *build);

/* The build of that file, as it is now, or NULL. */
struct build *target_find_build(const struct target *target, const struct stat *file);

/* The path of its program, for people: where the build that is there lies, or would. */
const char *target_binary(const struct target *target);

#endif
