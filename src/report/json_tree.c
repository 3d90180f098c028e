/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json_tree.h"

#include "report/json_call.h"

int json_print_values(FILE *to, const struct report_call *call,
		      const struct report_style *style __attribute__((unused)))
{
	struct json_line line;

	if (!call->n_values)
		return 0;
	json_line_begin(&line);
	line.has_exact_reals = true;
	json_add_values(&line, call);
	return json_line_end(&line, to);
}

/* An object that begins with what json_print_values has printed. */
static void begin_with(struct json_line *line, const char *values)
{
	json_line_begin(line);
	if (!values)
		return;
	json_decref(line->object);
	line->object = json_loads(values, 0, NULL);
	line->is_complete = line->object != NULL;
}

/* NULL without memory. */
static json_t *object_of(const struct json_line *line)
{
	if (line->is_complete)
		return line->object;
	json_decref(line->object);
	return NULL;
}

static void add_function(struct json_line *line, const char *key, const char *name)
{
	json_line_add(line, key, name ? json_text(name) : json_null());
}

static json_t *call_of(const struct report_tree_call *call)
{
	struct json_line line;

	begin_with(&line, call->values);
	json_line_add_number(&line, "depth", call->depth);
	add_function(&line, "function", call->function);
	json_line_add_number(&line, "after_ns", call->after_ns);
	json_line_add_number(&line, "duration_ns", call->duration_ns);
	json_line_add(&line, "self_ns",
		      call->is_more ? json_null() : json_integer((json_int_t)call->self_ns));
	json_line_add(&line, "end",
		      call->is_more ? json_null()
				    : json_string(call->is_unwound ? "unwound" : "returned"));
	json_line_add_number(&line, "more", call->n_more);
	return object_of(&line);
}

static json_t *calls_of(const struct report_tree *tree)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < tree->n_calls; i++)
		array = json_appended(array, call_of(&tree->calls[i]));
	return array;
}

int json_print_tree(FILE *to, const struct report_tree *tree,
		    const struct report_style *style __attribute__((unused)))
{
	struct report_time time;
	struct json_line line;

	json_line_begin_report(&line, "tree");
	line.has_exact_reals = true;
	json_line_add_text(&line, "target", tree->target);
	json_line_add_text(&line, "start", report_time(&time, tree->started_ns));
	json_line_add_goroutine(&line, tree->goroutine, tree->is_goroutine_known);
	json_line_add_number(&line, "pid", tree->process);
	json_line_add(&line, "is_within", json_boolean(tree->is_within));
	add_function(&line, "caller", tree->caller);
	json_line_add(&line, "calls", calls_of(tree));
	return json_line_end(&line, to);
}

static json_t *edge_of(const struct report *report, const struct call_edge *edge)
{
	const struct report_function *function = report_function_of(report, edge->function);
	const struct report_function *caller = report_function_of(report, edge->caller);
	struct json_line line;

	json_line_begin(&line);
	add_function(&line, "caller", caller ? caller->name : NULL);
	json_line_add_text(&line, "function", function->name);
	json_line_add_number(&line, "calls", edge->n_calls);
	json_line_add_number(&line, "total_ns", edge->sum_ns);
	return object_of(&line);
}

static json_t *edges_of(const struct report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < report->graph->n_slots; i++) {
		const struct call_edge *edge = &report->graph->edges[i];

		if (edge->n_calls && report_function_of(report, edge->function))
			array = json_appended(array, edge_of(report, edge));
	}
	return array;
}

int json_print_graph(FILE *to, const struct report *report)
{
	struct call_graph_function rest;
	struct json_line line;

	report_graph_rest(report, &rest);
	json_line_begin_report(&line, "call-graph");
	json_line_add_text(&line, "of", report_kind_name(report->kind));
	json_line_add_text(&line, "target", report->target);
	json_line_add(&line, "edges", edges_of(report));
	json_line_add_number(&line, "others", rest.n_others);
	json_line_add_number(&line, "missed", rest.n_missed);
	return json_line_end(&line, to);
}
