/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_CALL_TREES_H
#define GOTRACED_DAEMON_CALL_TREES_H

#include "cli/calls.h"
#include "daemon/call_lines.h"
#include "stats/call_graph.h"

/* Puts single calls together by which was made within which, and tells of that what the user wants. */
struct call_trees;

/* The wishes and the lines must outlive it. After a failure, *ret is for call_trees_free. */
int call_trees_new(struct call_trees **ret, const struct options_calls *wanted,
		   struct call_lines *lines, size_t n_functions, struct reason *why);
void call_trees_free(struct call_trees *trees);

/* Before the calls of a drain. */
void call_trees_begin(struct call_trees *trees, const struct session *session);

/* The call that is inspected. 0 or -ENOMEM. */
int call_trees_add(struct call_trees *trees, struct inspector *inspector,
		   const struct call_detail *detail);

/*
 * After the calls of a drain that began at began_ns. Those that ended shortly before have to wait until
 * those within them, which ended before, have come for certain. When all is over nothing waits, and trees of
 * calls that have not ended are told of as far as they go. 0 or -ENOMEM.
 */
int call_trees_end(struct call_trees *trees, uint64_t began_ns);

/* So many calls that returned are known to have been, and no more. */
void call_trees_miss(struct call_trees *trees, uint32_t function, uint64_t n_calls);

/* Writes what is left to write, and says what is missing there. 0 or -errno. */
int call_trees_close(struct call_trees *trees, struct reason *why);

/* Who called whom so far. */
const struct call_graph *call_trees_graph(const struct call_trees *trees);
void call_trees_restart(struct call_trees *trees);

/* 0 or -ENOMEM. */
int call_trees_forget(struct call_trees *trees, uint32_t function);

#endif
