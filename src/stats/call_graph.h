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
	uint32_t function;
	uint64_t n_calls; /* 0: no edge */
	uint64_t sum_ns;
};

/* What else there is to tell of a function's calls. */
struct call_graph_function {
	uint64_t self_ns; /* their time, without that of the traced calls within */
	uint64_t n_others; /* from callers with which it found no room */
	uint64_t n_missed; /* that returned, but of which nothing else is known */
};

struct call_graph {
	struct call_edge *edges; /* by the hash of both, with open addressing; owned */
	size_t n_edges, n_slots; /* a power of two */
	struct call_graph_function *functions; /* owned */
	size_t n_functions;
};

/* 0 or -ENOMEM. */
int call_graph_init(struct call_graph *graph, size_t n_functions);
void call_graph_fini(struct call_graph *graph);

/* Adds a call that returned. 0 or -ENOMEM. */
int call_graph_add(struct call_graph *graph, uint32_t caller, uint32_t function,
		   uint64_t duration_ns, uint64_t self_ns);

/* Begins anew. */
void call_graph_restart(struct call_graph *graph);

/* A function's number will be another's: what it has called was called by none that is traced. 0 or -ENOMEM. */
int call_graph_forget(struct call_graph *graph, uint32_t function);

#endif
