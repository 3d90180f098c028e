/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_STATS_CALL_GRAPH_H
#define GOTRACED_STATS_CALL_GRAPH_H

#include <stddef.h>
#include <stdint.h>

/*
 * Which traced function called which, and how much of its calls' time a function spent in itself: not in
 * calls of traced functions. A traced function calls another, too, where there are only functions between
 * them that are not traced.
 *
 * There is room for CALL_GRAPH_MAX_EDGES pairs of functions. Calls between others are counted together.
 */
enum { CALL_GRAPH_MAX_EDGES = 1 << 16 };

/* The calls of one function from another. */
struct call_edge {
	uint32_t caller; /* NO_FUNCTION: none that is traced */
	uint32_t function; /* NO_FUNCTION: forgotten */
	uint64_t n_calls; /* 0: no edge */
	uint64_t sum_ns;
};

struct call_graph {
	struct call_edge *edges; /* by the hash of both, with open addressing; owned */
	size_t n_edges, n_slots; /* a power of two */
	uint64_t *self_ns; /* of each function; owned */
	size_t n_functions;
	uint64_t n_others; /* calls between functions that found no room */
	uint64_t n_missed; /* calls that returned, but of which nothing else is known */
};

/* 0 or -ENOMEM. */
int call_graph_init(struct call_graph *graph, size_t n_functions);
void call_graph_fini(struct call_graph *graph);

/* Adds a call that returned. 0 or -ENOMEM. */
int call_graph_add(struct call_graph *graph, uint32_t caller, uint32_t function,
		   uint64_t duration_ns, uint64_t self_ns);

/* Begins anew: all, or a function whose number will be another's. */
void call_graph_restart(struct call_graph *graph);
void call_graph_forget(struct call_graph *graph, uint32_t function);

#endif
