/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/call_graph.h"

#include <criterion/criterion.h>

#include "gotraced/record.h"

enum { N_FUNCTIONS = 1000 };

static struct call_graph graph;

static void init(void)
{
	cr_assert_eq(call_graph_init(&graph, N_FUNCTIONS), 0);
}

static void fini(void)
{
	call_graph_fini(&graph);
}

TestSuite(call_graph, .init = init, .fini = fini);

static void add(uint32_t caller, uint32_t function, uint64_t duration_ns, uint64_t self_ns)
{
	cr_assert_eq(call_graph_add(&graph, caller, function, duration_ns, self_ns), 0);
}

static struct call_edge find(uint32_t caller, uint32_t function)
{
	struct call_edge none = { 0 };

	for (size_t i = 0; i < graph.n_slots; i++)
		if (graph.edges[i].n_calls && graph.edges[i].caller == caller &&
		    graph.edges[i].function == function)
			return graph.edges[i];
	return none;
}

Test(call_graph, each_pair_has_its_calls)
{
	add(NO_FUNCTION, 1, 100, 40);
	add(1, 2, 30, 30);
	add(1, 2, 30, 25);
	add(2, 1, 7, 7);
	cr_expect_eq(find(NO_FUNCTION, 1).n_calls, 1);
	cr_expect_eq(find(1, 2).n_calls, 2);
	cr_expect_eq(find(1, 2).sum_ns, 60);
	cr_expect_eq(find(2, 1).sum_ns, 7);
	cr_expect_eq(find(2, 2).n_calls, 0);
	cr_expect_eq(graph.functions[1].self_ns, 47);
	cr_expect_eq(graph.functions[2].self_ns, 55);
	cr_expect_eq(graph.n_edges, 3);
}

Test(call_graph, it_grows)
{
	for (uint32_t i = 0; i < N_FUNCTIONS; i++)
		for (uint32_t k = 0; k < 10; k++)
			add(i, k, i + k, 1);
	cr_expect_eq(graph.n_edges, 10 * N_FUNCTIONS);
	for (uint32_t i = 0; i < N_FUNCTIONS; i++)
		for (uint32_t k = 0; k < 10; k++)
			cr_assert_eq(find(i, k).sum_ns, i + k);
	for (uint32_t k = 0; k < 10; k++)
		cr_expect_eq(graph.functions[k].n_others, 0);
}

Test(call_graph, calls_of_pairs_that_find_no_room_are_counted_together)
{
	const uint64_t n_calls = 100 * N_FUNCTIONS;
	uint64_t n_others = 0;

	for (uint32_t i = 0; i < N_FUNCTIONS; i++)
		for (uint32_t k = 0; k < 100; k++)
			add(i, k, 5, 1);
	cr_expect_eq(graph.n_edges, CALL_GRAPH_MAX_EDGES);
	for (uint32_t k = 0; k < 100; k++)
		n_others += graph.functions[k].n_others;
	cr_expect_eq(n_others, n_calls - CALL_GRAPH_MAX_EDGES);
	cr_expect_eq(graph.functions[0].self_ns, N_FUNCTIONS);
	/* A pair that has its place keeps it. */
	add(0, 0, 5, 1);
	cr_expect_eq(find(0, 0).n_calls, 2);
}

Test(call_graph, a_forgotten_function_leaves_what_it_has_called_to_others)
{
	for (uint32_t i = 0; i < 20; i++) {
		add(i, 5, 10, 3);
		add(5, i + 50, 10, 3);
		add(i, i + 100, 10, 3);
	}
	add(NO_FUNCTION, 51, 7, 7);
	cr_expect_eq(call_graph_forget(&graph, 5), 0);
	cr_expect_eq(graph.functions[5].self_ns, 0);
	cr_expect_eq(find(5, 56).n_calls + find(6, 5).n_calls, 0);
	cr_expect_eq(find(6, 106).n_calls, 1);
	cr_expect_eq(find(NO_FUNCTION, 50).sum_ns, 10);
	cr_expect_eq(find(NO_FUNCTION, 51).n_calls, 2);
	cr_expect_eq(find(NO_FUNCTION, 51).sum_ns, 17);
	cr_expect_eq(graph.n_edges, 20 + 20);
}

Test(call_graph, it_begins_anew)
{
	add(1, 2, 30, 30);
	graph.functions[2].n_missed = 4;
	call_graph_restart(&graph);
	cr_expect_eq(find(1, 2).n_calls, 0);
	cr_expect_eq(graph.functions[2].self_ns + graph.functions[2].n_missed + graph.n_edges, 0);
	add(1, 2, 5, 5);
	cr_expect_eq(find(1, 2).sum_ns, 5);
}
