/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_STACKS_H
#define GOTRACED_DAEMON_STACKS_H

#include "go/source_frame.h"
#include "reason.h"

/*
 * Calls by the stacks that they were made from, in the form that tools for flame graphs take: a line for
 * each, with the functions from the outermost to the one that is traced, semicolons between them, and a
 * number.
 *
 * Of very many stacks only the first find room. Calls from any other, and those whose stack is not known,
 * are counted by their function alone, so that each function's lines are always all of its calls.
 */
struct stacks;

enum { STACKS_MAX = 1 << 17 };

/* Opens the file, and one beside it, path.calls. After a failure, *ret is for stacks_free. */
int stacks_new(struct stacks **ret, const char *path, struct reason *why);
void stacks_free(struct stacks *stacks);

/* Adds a call; its callers are given innermost first, and a name may be NULL. 0 or -ENOMEM. */
int stacks_add(struct stacks *stacks, const char *function, const struct source_frame *callers,
	       size_t n_callers, uint64_t duration_ns);

/* Adds calls whose stacks are not known. 0 or -ENOMEM. */
int stacks_add_unknown(struct stacks *stacks, const char *function, uint64_t n_calls,
		       uint64_t sum_ns);

/* How many of these there are. */
uint64_t stacks_n_unknown(const struct stacks *stacks);

/* Begins anew. */
void stacks_restart(struct stacks *stacks);

/* Writes to the first how many ns calls took, and to the second how many they were. 0 or -errno. */
int stacks_write(const struct stacks *stacks, struct reason *why);

#endif
