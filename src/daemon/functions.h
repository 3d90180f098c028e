/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_FUNCTIONS_H
#define GOTRACED_DAEMON_FUNCTIONS_H

#include "daemon/build.h"
#include "stats/stats.h"
#include "trace/calibrate.h"

struct target;

/* How long a function was traced within a span of time that goes on; CLOCK_MONOTONIC. */
struct traced_time {
	uint64_t before_ns; /* up to the last time that it was not */
	uint64_t since_ns; /* since then; 0: it is not now */
};

/*
 * A function of a target's, in whichever of its builds: what has its name is one function, and its
 * calls are counted together. Where a build has several of one name, each stands for itself.
 */
struct function {
	const struct target *target; /* NULL: this place is free */
	char *name; /* owned */
	uint32_t nth; /* of those of its name in a build */
	uint32_t n_builds; /* that it is probed in now */
	bool is_new; /* no build that has it was probed yet */
	bool was_used; /* its place, by another one before: its counters do not begin at 0 */
	bool is_leaving; /* it is not wanted any more */
	bool is_over_budget; /* its figures stay as they are, and it is probed no more */
	struct probe_cost cost; /* of a call, in the build that came last */
	struct traced_time traced[N_STATS_SPANS];
};

/* All of them, in the places by whose index they are counted. */
struct functions {
	struct function *at; /* owned */
	size_t n_room;
	size_t n_used; /* places that ever were in use, the first ones */
};

/* 0 or -ENOMEM. */
int functions_init(struct functions *functions, size_t n_room);
void functions_fini(struct functions *functions);

/*
 * Finds, for each traced function of a build's plan, the one of the target's that it is, and where
 * there is none takes a free place; *ret is by plan_function.index, for the caller to free. Places
 * that were in use before are taken only if may_reuse, and after all others. -ENOSPC when there are
 * not enough.
 */
int functions_assign(struct functions *functions, const struct target *target,
		     const struct plan *plan, bool may_reuse, uint32_t **ret, struct reason *why);

/* Frees a place. */
void functions_remove(struct functions *functions, uint32_t function);

/* Frees the places of those that are new, as the build that they were found for is not probed. */
void functions_remove_new(struct functions *functions);

/* A build that has it is now probed, or is not any more. */
void function_begin(struct function *function, uint64_t at_ns);
void function_end(struct function *function, uint64_t at_ns);

/* How long it was traced within a span that lasts until at_ns. */
uint64_t function_traced_ns(const struct function *function, enum stats_span span, uint64_t at_ns);

/* A span of time begins anew. */
void functions_next_span(struct functions *functions, enum stats_span span, uint64_t at_ns);

#endif
