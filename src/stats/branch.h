/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_STATS_BRANCH_H
#define GOTRACED_STATS_BRANCH_H

#include "stats/trees.h"

/*
 * The calls of a goroutine that have ended and wait for the one that they are within, in the order in which
 * they ended: those within a call stand right before it. What is within no other that has ended is a root.
 */
struct node {
	struct tree_call call;
	uint64_t end_ns; /* of the last one, where several are put together */
	uint32_t level;
	uint32_t n_nodes; /* with those within */
	uint64_t n_calls; /* that it stands for, likewise */
};

/* What calls of one level took together since the last one of a lower level ended, the first of them when. */
struct taken {
	uint32_t level;
	uint64_t first_end_ns, sum_ns;
};

/* All zero is none. */
struct branch {
	size_t n_bytes; /* that all of it takes */
	uint32_t n, n_room;
	struct node *nodes; /* owned, as are their values */
	uint32_t n_roots;
	uint32_t *roots; /* where the nodes of each root begin; room as for nodes; owned */
	uint32_t n_taken, n_taken_room;
	struct taken *taken; /* by rising level; owned */
};

void branch_fini(struct branch *branch);

/*
 * Adds a call, whose values it takes over, or those within one that is left out. Where there are
 * as many nodes as there may be, it counts those within it instead of keeping them, and if that does not make
 * room, it is put together with what it follows.
 *
 * *ret_self_ns: its time without the calls within. *ret_n_before: how many of the roots, the first ones, are
 * not within it. 0 or -ENOMEM.
 */
int branch_add(struct branch *branch, const struct ended_call *call, uint32_t n_at_most,
	       uint64_t *ret_self_ns, uint32_t *ret_n_before);

/* The nodes of a root: from *ret_first on; how many they are. */
uint32_t branch_root(const struct branch *branch, uint32_t i, uint32_t *ret_first);

#endif
