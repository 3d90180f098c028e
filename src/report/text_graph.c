/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text_graph.h"

#include <errno.h>
#include <stdlib.h>

#include "gotraced/record.h"
#include "report/human.h"

enum {
	MAX_LINES = 40, /* of each table */
	CALLS_COLUMNS = 12,
	TIME_COLUMNS = 11,
};

/* A line of a table. */
struct line {
	const char *caller; /* NULL: the line is of a function by itself */
	const char *function;
	uint64_t n_calls, sum_ns;
	uint64_t self_ns; /* of a function; or the mean of a call */
	uint64_t rank_ns; /* lines stand by this */
};

struct table {
	struct line *lines; /* owned */
	size_t n;
};

static int by_rank(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return x->rank_ns < y->rank_ns ? 1 : x->rank_ns > y->rank_ns ? -1 : 0;
}

static void print_table(FILE *to, struct table *table, const char *second, const char *what,
			const struct report_style *style)
{
	const char *arrow = style->is_utf8 ? "→" : "->";

	if (table->n)
		qsort(table->lines, table->n, sizeof(*table->lines), by_rank);
	fprintf(to, "\n%*s%*s%*s  %s\n", CALLS_COLUMNS, "calls", TIME_COLUMNS, "total",
		TIME_COLUMNS, second, what);
	for (size_t i = 0; i < table->n && i < MAX_LINES; i++) {
		const struct line *line = &table->lines[i];
		struct human human;

		fprintf(to, "%*lu", CALLS_COLUMNS, line->n_calls);
		human_print(to, human_time(&human, line->sum_ns, style->is_utf8), TIME_COLUMNS);
		human_print(to, human_time(&human, line->self_ns, style->is_utf8), TIME_COLUMNS);
		if (line->caller)
			fprintf(to, "  %s %s", line->caller, arrow);
		fprintf(to, "%s%s\n", line->caller ? " " : "  ", line->function);
	}
	if (table->n > MAX_LINES)
		fprintf(to, "%*s  and %zu more\n", CALLS_COLUMNS + 2 * TIME_COLUMNS, "",
			table->n - MAX_LINES);
}

static void fill_functions(struct table *table, const struct report *report)
{
	for (uint32_t i = 0; i < report->n_functions; i++) {
		uint64_t self_ns = report->graph->functions[report->functions[i].index].self_ns;
		struct figures figures;

		report_figures(report, i, &figures);
		if (figures.calls)
			table->lines[table->n++] = (struct line){
				.function = report->functions[i].name,
				.n_calls = figures.calls,
				.sum_ns = figures.durations.sum_ns,
				.self_ns = self_ns,
				.rank_ns = self_ns,
			};
	}
}

static void fill_edges(struct table *table, const struct report *report)
{
	const struct call_graph *graph = report->graph;

	for (size_t i = 0; i < graph->n_slots; i++) {
		const struct call_edge *edge = &graph->edges[i];
		const struct report_function *function =
			edge->n_calls ? report_function_of(report, edge->function) : NULL;
		const struct report_function *caller =
			function ? report_function_of(report, edge->caller) : NULL;

		if (!function)
			continue;
		table->lines[table->n++] = (struct line){
			.caller = caller ? caller->name : "(not traced)",
			.function = function->name,
			.n_calls = edge->n_calls,
			.sum_ns = edge->sum_ns,
			.self_ns = edge->sum_ns / edge->n_calls,
			.rank_ns = edge->sum_ns,
		};
	}
}

/* Of calls that are in neither table, how many there are. */
static void print_rest(FILE *to, const struct report *report)
{
	struct call_graph_function rest = { 0 };

	report_graph_rest(report, &rest);
	if (rest.n_others)
		fprintf(to, "%*lu  between further functions\n", CALLS_COLUMNS, rest.n_others);
	if (rest.n_missed)
		fprintf(to,
			"%*lu  are not in the tables or trees, for want of room in the ring "
			"buffer: see --ring-size\n",
			CALLS_COLUMNS, rest.n_missed);
}

int text_print_graph(FILE *to, const struct report *report, const struct report_style *style)
{
	const struct call_graph *graph = report->graph;
	struct table functions = { .lines = calloc(report->n_functions, sizeof(struct line)) };
	struct table edges = { .lines = calloc(graph->n_edges + 1, sizeof(struct line)) };
	int err = functions.lines && edges.lines ? 0 : -ENOMEM;

	if (!err) {
		fill_functions(&functions, report);
		fill_edges(&edges, report);
	}
	if (!err && functions.n) {
		print_table(to, &functions, "self", "function", style);
		print_table(to, &edges, "mean",
			    style->is_utf8 ? "caller → callee" : "caller -> callee", style);
		print_rest(to, report);
	}
	free(functions.lines);
	free(edges.lines);
	return err;
}
