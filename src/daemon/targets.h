/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_TARGETS_H
#define GOTRACED_DAEMON_TARGETS_H

#include "daemon/target.h"

/* All that is traced. */
struct targets {
	struct target **at; /* each owned, and the array */
	size_t n;
	size_t max_functions; /* of all of them */
	struct capture_wish wish; /* what is to be taken of their calls */
};

/*
 * Opens the programs that the options name, which must outlive the targets: each --binary; else the
 * command's; else each that one of the processes runs. Where targets wait for what is not there, that
 * is said.
 */
int targets_init(struct targets *targets, const struct options *options, struct reason *why);
void targets_fini(struct targets *targets);

/*
 * Adds what one of the options' targets means: one target, or several where processes run several
 * programs. With is_running, nothing that it lacks is a failure: it is said and waited for.
 */
int targets_add(struct targets *targets, const struct options_target *wanted,
		const struct options *options, bool is_running, struct reason *why);
void targets_remove(struct targets *targets, struct target *target);

/*
 * Opens what lies at a path as another build of a target; the file must be of no other target.
 */
int targets_add_build(struct targets *targets, struct target *target, const char *path,
		      bool may_lack, struct build **ret, struct reason *why);

/* Plans what the target now wants of a build; as build_choose. */
int targets_choose(const struct targets *targets, const struct target *target, struct build *build,
		   struct former_choice *ret, struct reason *why);

/* Fails, with the reason, where a wanted process is none, or runs none of the programs. */
int targets_check_processes(const struct targets *targets, const struct options_target *wanted,
			    struct reason *why);

/* Is any program followed as its files come and go? */
bool targets_are_followed(const struct targets *targets);

/* How many functions are traced, and at how many sites, over all builds. */
size_t targets_n_traced(const struct targets *targets);
size_t targets_n_sites(const struct targets *targets);

#endif
