/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json_call.h"
#include "report/json_line.h"
#include "report/json_split.h"
#include "report/json_tree.h"
#include "report/report.h"

/*
 * JSON lines: one object a function, each on its line. Durations are whole nanoseconds, addresses
 * numbers. doc/report.schema.json describes what reports hold.
 */
static json_t *buckets(const struct histogram *durations)
{
	json_t *array = json_array();

	for (uint32_t i = 0; array && i < N_BUCKETS; i++)
		if (durations->counts[i])
			array = json_appended(array, json_pack("[I,I,I]", (json_int_t)bucket_low(i),
							       (json_int_t)bucket_high(i),
							       (json_int_t)durations->counts[i]));
	return array;
}

static void add_times(struct json_line *line, const struct histogram *durations)
{
	const struct {
		const char *key;
		uint64_t ns;
	} times[] = {
		{ "min_ns", durations->min_ns },
		{ "mean_ns", histogram_mean(durations) },
		{ "p50_ns", histogram_quantile(durations, 0.5) },
		{ "p90_ns", histogram_quantile(durations, 0.9) },
		{ "p99_ns", histogram_quantile(durations, 0.99) },
		{ "p999_ns", histogram_quantile(durations, 0.999) },
		{ "max_ns", durations->max_ns },
	};

	/* Without a call there is no time, not a time of 0. */
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		json_line_add(line, times[i].key,
			      durations->n ? json_integer((json_int_t)times[i].ns) : json_null());
}

static void add_cost(struct json_line *line, const struct report *report,
		     const struct report_function *of, const struct figures *figures)
{
	const struct {
		const char *key;
		uint64_t ns;
	} costs[] = {
		{ "cost_ns", of->cost.call_ns },
		{ "bias_ns", of->cost.bias_ns },
		{ "cost_within_ns", report_cost_within_ns(report, figures) },
	};

	json_line_add_number(line, "calls_within", figures->within);
	for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++)
		json_line_add(line, costs[i].key,
			      report->is_calibrated ? json_integer((json_int_t)costs[i].ns)
						    : json_null());
	json_line_add(line, "near_bias",
		      report->is_calibrated ? json_boolean(report_is_near_bias(of, figures))
					    : json_null());
}

static json_t *labels(const struct report *report)
{
	json_t *object = json_object();

	for (size_t i = 0; object && i < report->n_labels; i++) {
		json_t *value = json_text(report->labels[i].value);

		if (!json_object_set_new(object, report->labels[i].name, value))
			continue;
		json_decref(object);
		object = NULL;
	}
	return object;
}

/* Null for what never was. */
static void add_time(struct json_line *line, const char *key, uint64_t ns)
{
	struct report_time time;

	json_line_add(line, key, ns ? json_string(report_time(&time, ns)) : json_null());
}

static int print_calls_of(FILE *to, const struct report *report, uint32_t function)
{
	const struct report_function *of = &report->functions[function];
	struct figures figures;
	struct json_line line;

	report_figures(report, function, &figures);
	json_line_begin_report(&line, report_kind_name(report->kind));
	json_line_add_text(&line, "target", report->target);
	json_line_add_text(&line, "binary", report->binary);
	json_line_add(&line, "labels", labels(report));
	json_line_add_text(&line, "function", of->name);
	add_time(&line, "start", report->started_ns);
	add_time(&line, "end", report->ended_ns);
	json_line_add_number(&line, "changes", report->n_changes);
	add_time(&line, "changed", report->changed_ns);
	json_line_add(&line, "seconds", json_real(of->seconds));
	json_line_add_text(&line, "state", report_state_name(of->state));
	json_line_add_number(&line, "calls", figures.calls);
	json_line_add(&line, "calls_per_second", json_real(report_rate(of, &figures)));
	json_line_add_number(&line, "in_flight", figures.in_flight);
	json_line_add_number(&line, "unwound", figures.unwound);
	json_line_add_number(&line, "unmatched", figures.unmatched);
	json_line_add_number(&line, "not_started", figures.not_started);
	json_line_add_number(&line, "dropped", figures.dropped);
	json_line_add_number(&line, "filtered", figures.filtered);
	json_line_add_number(&line, "skipped", report->n_skipped);
	add_times(&line, &figures.durations);
	add_cost(&line, report, of, &figures);
	json_line_add(&line, "buckets", buckets(&figures.durations));
	if (report->graph)
		json_line_add_number(&line, "self_ns", report->graph->functions[of->index].self_ns);
	if (report->by)
		json_line_add(&line, "by", json_split(report, function));
	return json_line_end(&line, to);
}

static int print_calls(FILE *to, const struct report *report,
		       const struct report_style *style __attribute__((unused)))
{
	int err = 0;

	for (uint32_t i = 0; i < report->n_functions && !err; i++)
		err = print_calls_of(to, report, i);
	if (!err && report->graph)
		err = json_print_graph(to, report);
	return err;
}

/* All RETs at which it can end: its own, and those of the functions that it jumps to. */
static json_t *return_vas(const struct plan_function *planned)
{
	const struct tail *tail = &planned->tail;
	json_t *array = json_array();

	for (size_t i = 0; array && i < planned->n_returns; i++)
		array = json_appended(array, json_integer((json_int_t)planned->return_vas[i]));
	for (size_t i = 0; array && i < tail->n_returns; i++)
		array = json_appended(array, json_integer((json_int_t)tail->returns[i].va));
	return array;
}

static json_t *names(const struct go_function *const *functions, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < n; i++)
		array = json_appended(array, json_text(functions[i]->name));
	return array;
}

static int print_planned(FILE *to, const char *binary, const struct plan_function *planned)
{
	struct json_line line;

	json_line_begin(&line);
	json_line_add_text(&line, "binary", binary);
	json_line_add_text(&line, "function", planned->function->name);
	json_line_add_number(&line, "entry_va", planned->function->va);
	json_line_add_number(&line, "bytes", planned->n_bytes);
	json_line_add_number(&line, "inlined", planned->n_inlined);
	if (planned->refusal) {
		json_line_add_text(&line, "refused", planned->refusal);
		return json_line_end(&line, to);
	}
	json_line_add_number(&line, "entry_site_va", planned->entry_va);
	json_line_add_text(&line, "entry_kind", entry_kind_name(planned->entry_kind));
	json_line_add_text(&line, "goroutine", planned->is_g_in_tls ? "tls" : "r14");
	json_line_add(&line, "return_vas", return_vas(planned));
	if (planned->tail.n_targets > 0)
		json_line_add(&line, "jumps_to",
			      names(planned->tail.targets, planned->tail.n_targets));
	return json_line_end(&line, to);
}

static int print_plan(FILE *to, const struct plan *plan, const char *binary)
{
	int err = 0;

	for (size_t i = 0; i < plan->n_functions && !err; i++)
		err = print_planned(to, binary, &plan->functions[i]);
	return err;
}

static int print_summary(FILE *to, const struct plan *plan, const char *binary)
{
	size_t entries[N_ENTRY_KINDS];
	struct json_line line;

	plan_count_entries(plan, entries);
	json_line_begin(&line);
	json_line_add_text(&line, "binary", binary);
	json_line_add_number(&line, "functions", plan->n_functions);
	for (size_t kind = 0; kind < N_ENTRY_KINDS; kind++)
		json_line_add_number(&line, entry_kind_name(kind), entries[kind]);
	json_line_add_number(&line, "refused", plan->n_functions - plan->n_traced);
	json_line_add_number(&line, "sites", plan_n_sites(plan));
	return json_line_end(&line, to);
}

const struct report_format report_json = {
	.calls = print_calls,
	.call = json_print_call,
	.values = json_print_values,
	.tree = json_print_tree,
	.omitted = json_print_omitted,
	.plan = print_plan,
	.list = print_plan,
	.summary = print_summary,
};
