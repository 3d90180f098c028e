/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_STATS_TREES_H
#define GOTRACED_STATS_TREES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Calls put together by which was made within which
 * =================================================
 *
 * Calls are told of as they end, so those within a call come before it. On one goroutine calls end from
 * the innermost outwards, and each either contains another or ended before that one began: the times
 * and the goroutine are all that it takes. A tree is finished when its outermost call has ended.
 *
 * Each goroutine has a list of its calls in the order in which they ended, in which the calls within a
 * call stand right before it. A call that is not told of, for want of room in the ring buffer, leaves
 * those within it to the next one that contains them, or as trees of their own.
 *
 * Of what waits for an outermost call, there are TREES_MAX_CALLS on a goroutine, and TREES_MAX_BYTES in
 * all. Beyond that calls that followed one another are put together to one that says how many they were,
 * as are those within a call; and what waits on no goroutine yet is handed on as it comes. The time
 * that calls spent in themselves stays right all the same.
 */
enum {
	TREES_MAX_CALLS = 1 << 13,
	TREES_MAX_BYTES = 64 << 20,
};

/* A call that ended. */
struct ended_call {
	uint64_t g, goid;
	uint32_t process;
	uint32_t function;
	uint32_t caller; /* the traced function that it was directly called from, or NO_FUNCTION */
	uint32_t level; /* how many traced calls it was within */
	uint64_t start_ns, duration_ns;
	bool is_unwound;
	bool is_left_out; /* it is no part of a tree, but those within it may be */
	bool counts; /* for its user: in figures of calls that returned */
	char *values; /* text; NULL: none */
};

/* A call in a tree. */
struct tree_call {
	uint64_t start_ns, duration_ns;
	uint64_t self_ns; /* without the calls within */
	uint64_t n_more; /* calls within that have found no room; */
	bool is_more; /* or, where this is no one call, so many that followed one another */
	bool is_unwound;
	uint32_t depth; /* 0: outermost */
	uint32_t function; /* NO_FUNCTION: forgotten meanwhile */
	uint32_t caller; /* as above */
	char *values; /* the tree's */
};

struct tree {
	uint64_t g, goid;
	uint32_t process;
	bool is_within; /* what it was called from, its caller, has not ended, or was not told of */
	const struct tree_call *calls; /* each before those within it */
	size_t n_calls;
};

/* Gets a finished tree, which is gone when it returns. 0 or -errno. */
typedef int trees_use(void *context, const struct tree *tree);

struct trees;

/* 0 or -ENOMEM. */
int trees_new(struct trees **ret, trees_use *use, void *context);
void trees_free(struct trees *trees);

/*
 * Adds a call, whose values it takes over, and hands on what that finishes. *ret_self_ns: its time
 * without the calls within. 0, -ENOMEM or what the user returns.
 */
int trees_add(struct trees *trees, const struct ended_call *call, uint64_t *ret_self_ns);

/* Hands on what waits for calls that have not ended: all, or that of a process. 0 or what the user returns. */
int trees_finish(struct trees *trees);
int trees_finish_process(struct trees *trees, uint32_t process);

/*
 * The processes of which this is so, and for which something waits; more than there is room for are left out.
 * Returns how many.
 */
typedef bool trees_is_so(uint32_t process);
size_t trees_processes(const struct trees *trees, trees_is_so *is_so, uint32_t *ret, size_t n_room);

/* A function's number will be another's. */
void trees_forget(struct trees *trees, uint32_t function);

#endif
