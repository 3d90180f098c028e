/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json_tree.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "gotraced/record.h"

static char *text;

static void fini(void)
{
	free(text);
}

TestSuite(json_tree, .fini = fini);

static FILE *begin(void)
{
	static size_t n_bytes;

	free(text);
	return open_memstream(&text, &n_bytes);
}

Test(json_tree, has_each_call_with_its_depth)
{
	const struct report_style style = { 0 };
	const struct report_tree_call calls[] = {
		{ .function = "main.a", .duration_ns = 50, .self_ns = 20, .values = "{\"n\":3}" },
		{ .function = "main.b",
		  .after_ns = 7,
		  .duration_ns = 10,
		  .self_ns = 10,
		  .depth = 1,
		  .is_unwound = true,
		  .n_more = 2 },
		{ .duration_ns = 20, .after_ns = 20, .depth = 1, .is_more = true, .n_more = 4 },
	};
	const struct report_tree tree = {
		.target = "server",
		.started_ns = 1700000000250000999,
		.goroutine = 17,
		.is_goroutine_known = true,
		.process = 42,
		.calls = calls,
		.n_calls = 3,
	};
	FILE *to = begin();

	cr_assert_eq(json_print_tree(to, &tree, &style), 0);
	fclose(to);
	cr_assert_str_eq(
		text,
		"{\"format\":1,\"report\":\"tree\",\"target\":\"server\","
		"\"start\":\"2023-11-14T22:13:20.250000Z\",\"goroutine\":17,\"pid\":42,"
		"\"is_within\":false,\"caller\":null,\"calls\":["
		"{\"n\":3,\"depth\":0,\"function\":\"main.a\",\"after_ns\":0,\"duration_ns\":50,"
		"\"self_ns\":20,\"end\":\"returned\",\"more\":0},"
		"{\"depth\":1,\"function\":\"main.b\",\"after_ns\":7,\"duration_ns\":10,"
		"\"self_ns\":10,\"end\":\"unwound\",\"more\":2},"
		"{\"depth\":1,\"function\":null,\"after_ns\":20,\"duration_ns\":20,"
		"\"self_ns\":null,\"end\":null,\"more\":4}]}\n",
		"%s", text);
}

Test(json_tree, says_what_it_is_within)
{
	const struct report_style style = { 0 };
	const struct report_tree tree = { .target = "server",
					  .is_within = true,
					  .caller = "main.z" };
	FILE *to = begin();

	cr_assert_eq(json_print_tree(to, &tree, &style), 0);
	fclose(to);
	cr_assert_str_eq(text,
			 "{\"format\":1,\"report\":\"tree\",\"target\":\"server\","
			 "\"start\":\"1970-01-01T00:00:00.000000Z\",\"goroutine\":null,\"pid\":0,"
			 "\"is_within\":true,\"caller\":\"main.z\",\"calls\":[]}\n",
			 "%s", text);
}

Test(json_tree, says_who_called_whom)
{
	const struct report_function functions[] = {
		{ .name = "main.a", .index = 3 },
		{ .name = "main.b", .index = 5 },
	};
	struct call_graph graph;
	const struct report report = {
		.kind = REPORT_FINAL,
		.target = "server",
		.functions = functions,
		.n_functions = 2,
		.graph = &graph,
	};
	FILE *to = begin();

	cr_assert_eq(call_graph_init(&graph, 10), 0);
	call_graph_add(&graph, 3, 5, 40, 40);
	call_graph_add(&graph, 3, 5, 2, 2);
	/* Another target's. */
	call_graph_add(&graph, NO_FUNCTION, 4, 40, 40);
	graph.functions[3].n_others = 6;
	graph.functions[5].n_missed = 7;
	graph.functions[4].n_missed = 1;
	cr_assert_eq(json_print_graph(to, &report), 0);
	fclose(to);
	call_graph_fini(&graph);
	cr_assert_str_eq(text,
			 "{\"format\":1,\"report\":\"call-graph\",\"of\":\"final\","
			 "\"target\":\"server\",\"edges\":[{\"caller\":\"main.a\","
			 "\"function\":\"main.b\",\"calls\":2,\"total_ns\":42}],"
			 "\"others\":6,\"missed\":7}\n",
			 "%s", text);
}
