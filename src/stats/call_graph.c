/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/call_graph.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gotraced/record.h"

enum { MIN_SLOTS = 64 };

int call_graph_init(struct call_graph *graph, size_t n_functions)
{
	*graph = (struct call_graph){ .n_functions = n_functions, .n_slots = MIN_SLOTS };
	graph->edges = calloc(MIN_SLOTS, sizeof(*graph->edges));
	graph->functions = calloc(n_functions, sizeof(*graph->functions));
	return graph->edges && graph->functions ? 0 : -ENOMEM;
}

void call_graph_fini(struct call_graph *graph)
{
	free(graph->edges);
	free(graph->functions);
	*graph = (struct call_graph){ 0 };
}

/* The slot that two functions have, or may take. */
static struct call_edge *slot_of(struct call_edge *edges, size_t n_slots, uint32_t caller,
				 uint32_t function)
{
	uint64_t hash = ((uint64_t)caller << 32 | function) * 0x9e3779b97f4a7c15UL;
	size_t i = (hash >> 32) & (n_slots - 1);

	while (edges[i].n_calls && (edges[i].caller != caller || edges[i].function != function))
		i = (i + 1) & (n_slots - 1);
	return &edges[i];
}

/* Adds to an edge, which is made if there is none. */
static void add(struct call_graph *graph, const struct call_edge *more)
{
	struct call_edge *edge =
		slot_of(graph->edges, graph->n_slots, more->caller, more->function);

	graph->n_edges += !edge->n_calls;
	edge->caller = more->caller;
	edge->function = more->function;
	edge->n_calls += more->n_calls;
	edge->sum_ns += more->sum_ns;
}

/* Takes other slots, without what is of a function. 0 or -ENOMEM. */
static int move_to(struct call_graph *graph, size_t n_slots, const uint32_t *forgotten)
{
	struct call_edge *edges = calloc(n_slots, sizeof(*edges)), *former = graph->edges;
	size_t n_former = graph->n_slots;

	if (!edges)
		return -ENOMEM;
	graph->edges = edges;
	graph->n_slots = n_slots;
	graph->n_edges = 0;
	for (size_t i = 0; i < n_former; i++) {
		struct call_edge edge = former[i];

		if (!edge.n_calls || (forgotten && edge.function == *forgotten))
			continue;
		if (forgotten && edge.caller == *forgotten)
			edge.caller = NO_FUNCTION;
		add(graph, &edge);
	}
	free(former);
	return 0;
}

int call_graph_add(struct call_graph *graph, uint32_t caller, uint32_t function,
		   uint64_t duration_ns, uint64_t self_ns)
{
	const struct call_edge edge = { caller, function, 1, duration_ns };

	graph->functions[function].self_ns += self_ns;
	if (graph->n_edges >= graph->n_slots / 2 && graph->n_slots < 2 * CALL_GRAPH_MAX_EDGES &&
	    move_to(graph, 2 * graph->n_slots, NULL))
		return -ENOMEM;
	if (graph->n_edges >= CALL_GRAPH_MAX_EDGES &&
	    !slot_of(graph->edges, graph->n_slots, caller, function)->n_calls)
		graph->functions[function].n_others++;
	else
		add(graph, &edge);
	return 0;
}

void call_graph_restart(struct call_graph *graph)
{
	memset(graph->edges, 0, graph->n_slots * sizeof(*graph->edges));
	memset(graph->functions, 0, graph->n_functions * sizeof(*graph->functions));
	graph->n_edges = 0;
}

static bool is_in(const struct call_graph *graph, uint32_t function)
{
	for (size_t i = 0; i < graph->n_slots; i++) {
		const struct call_edge *edge = &graph->edges[i];

		if (edge->n_calls && (edge->function == function || edge->caller == function))
			return true;
	}
	return false;
}

int call_graph_forget(struct call_graph *graph, uint32_t function)
{
	graph->functions[function] = (struct call_graph_function){ 0 };
	if (!is_in(graph, function))
		return 0;
	return move_to(graph, graph->n_slots, &function);
}
