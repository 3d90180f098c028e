/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/call_graph.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gotraced/record.h"

enum { MIN_SLOTS = 64 };

int call_graph_init(struct call_graph *graph, size_t n_functions)
{
	*graph = (struct call_graph){ .n_functions = n_functions, .n_slots = MIN_SLOTS };
	graph->edges = calloc(MIN_SLOTS, sizeof(*graph->edges));
	graph->self_ns = calloc(n_functions, sizeof(*graph->self_ns));
	return graph->edges && graph->self_ns ? 0 : -ENOMEM;
}

void call_graph_fini(struct call_graph *graph)
{
	free(graph->edges);
	free(graph->self_ns);
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

/* 0 or -ENOMEM. */
static int grow(struct call_graph *graph)
{
	size_t n_slots = 2 * graph->n_slots, n_edges = 0;
	struct call_edge *edges = calloc(n_slots, sizeof(*edges));

	if (!edges)
		return -ENOMEM;
	for (size_t i = 0; i < graph->n_slots; i++) {
		const struct call_edge *edge = &graph->edges[i];

		if (!edge->n_calls || edge->function == NO_FUNCTION)
			continue;
		*slot_of(edges, n_slots, edge->caller, edge->function) = *edge;
		n_edges++;
	}
	free(graph->edges);
	graph->edges = edges;
	graph->n_slots = n_slots;
	graph->n_edges = n_edges;
	return 0;
}

int call_graph_add(struct call_graph *graph, uint32_t caller, uint32_t function,
		   uint64_t duration_ns, uint64_t self_ns)
{
	struct call_edge *edge;

	graph->self_ns[function] += self_ns;
	if (graph->n_edges >= graph->n_slots / 2 && graph->n_slots < 2 * CALL_GRAPH_MAX_EDGES &&
	    grow(graph))
		return -ENOMEM;
	edge = slot_of(graph->edges, graph->n_slots, caller, function);
	if (!edge->n_calls) {
		if (graph->n_edges >= CALL_GRAPH_MAX_EDGES) {
			graph->n_others++;
			return 0;
		}
		edge->caller = caller;
		edge->function = function;
		graph->n_edges++;
	}
	edge->n_calls++;
	edge->sum_ns += duration_ns;
	return 0;
}

void call_graph_restart(struct call_graph *graph)
{
	memset(graph->edges, 0, graph->n_slots * sizeof(*graph->edges));
	memset(graph->self_ns, 0, graph->n_functions * sizeof(*graph->self_ns));
	graph->n_edges = 0;
	graph->n_others = graph->n_missed = 0;
}

void call_graph_forget(struct call_graph *graph, uint32_t function)
{
	graph->self_ns[function] = 0;
	for (size_t i = 0; i < graph->n_slots; i++) {
		struct call_edge *edge = &graph->edges[i];

		/* Its slot stays taken, or those behind it would not be found. */
		if (edge->n_calls && (edge->function == function || edge->caller == function))
			edge->function = NO_FUNCTION;
	}
}
