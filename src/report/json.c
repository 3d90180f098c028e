/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <jansson.h>

#include "report/report.h"

/* JSON lines: one object a function and a line. Times are whole nanoseconds, addresses numbers. */

/* Prints the object and lets it go. A NULL object is one that could not be made. */
static int print_line(FILE *to, json_t *object)
{
	int err = object ? 0 : -ENOMEM;

	if (object && json_dumpf(object, to, JSON_COMPACT | JSON_REAL_PRECISION(9)) == 0)
		fputc('\n', to);
	json_decref(object);
	return err;
}

static json_t *buckets(const struct histogram *durations)
{
	json_t *array = json_array();

	for (uint32_t i = 0; array && i < N_BUCKETS; i++) {
		if (durations->counts[i] == 0)
			continue;
		if (json_array_append_new(array, json_pack("[I,I,I]", (json_int_t)bucket_low(i),
							   (json_int_t)bucket_high(i),
							   (json_int_t)durations->counts[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* A time that exists only when there was a call. */
static json_t *time_or_null(const struct histogram *durations, uint64_t ns)
{
	return durations->n ? json_integer((json_int_t)ns) : json_null();
}

static json_t *calls_object(const struct report *report, uint32_t function)
{
	struct figures figures;
	const struct histogram *durations = &figures.durations;

	stats_figures(report->stats, function, report_span(report), &figures);
	return json_pack("{s:s, s:s, s:s, s:f, s:I, s:f, s:I, s:I, s:I, s:I, s:I,"
			 " s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "report", report_kind_name(report->kind), "binary", report->binary,
			 "function", report->names[function], "seconds", report->seconds, "calls",
			 (json_int_t)figures.calls, "calls_per_second",
			 (double)figures.calls / report->seconds, "in_flight",
			 (json_int_t)figures.in_flight, "unwound", (json_int_t)figures.unwound,
			 "unmatched", (json_int_t)figures.unmatched, "not_started",
			 (json_int_t)figures.not_started, "dropped", (json_int_t)figures.dropped,
			 "min_ns", time_or_null(durations, durations->min_ns), "mean_ns",
			 time_or_null(durations, histogram_mean(durations)), "p50_ns",
			 time_or_null(durations, histogram_quantile(durations, 0.5)), "p90_ns",
			 time_or_null(durations, histogram_quantile(durations, 0.9)), "p99_ns",
			 time_or_null(durations, histogram_quantile(durations, 0.99)), "p999_ns",
			 time_or_null(durations, histogram_quantile(durations, 0.999)), "max_ns",
			 time_or_null(durations, durations->max_ns), "buckets", buckets(durations));
}

static int print_calls(FILE *to, const struct report *report, const struct report_style *style)
{
	int err = 0;

	(void)style;
	for (uint32_t i = 0; i < report->stats->n_functions && !err; i++)
		err = print_line(to, calls_object(report, i));
	return err;
}

static json_t *return_vas(const struct plan_function *planned)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < planned->n_returns; i++) {
		if (json_array_append_new(array,
					  json_integer((json_int_t)planned->return_vas[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static int print_plan(FILE *to, const struct plan *plan)
{
	int err = 0;

	for (size_t i = 0; i < plan->n_functions && !err; i++) {
		const struct plan_function *planned = &plan->functions[i];
		const struct go_function *function = planned->function;

		if (planned->refusal)
			err = print_line(to, json_pack("{s:s, s:I, s:I, s:s}", "function",
						       function->name, "entry_va",
						       (json_int_t)function->va, "bytes",
						       (json_int_t)function->n_bytes, "refused",
						       planned->refusal));
		else
			err = print_line(
				to, json_pack("{s:s, s:I, s:I, s:I, s:s, s:s, s:o}", "function",
					      function->name, "entry_va", (json_int_t)function->va,
					      "bytes", (json_int_t)function->n_bytes,
					      "entry_site_va", (json_int_t)planned->entry_va,
					      "entry_kind", entry_kind_name(planned->entry_kind),
					      "goroutine", planned->is_g_in_tls ? "tls" : "r14",
					      "return_vas", return_vas(planned)));
	}
	return err;
}

const struct report_format report_json = {
	.calls = print_calls,
	.plan = print_plan,
	.list = print_plan,
};
