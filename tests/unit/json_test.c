/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "reported.h"

static const char *text;

TestSuite(json, .init = reported_init, .fini = reported_fini);

static void print(void)
{
	text = reported_calls(&report_json, NULL);
}

/* The objects of the report, one a line. */
static json_t *parse_line(int line)
{
	const char *at = text;
	json_t *object;
	json_error_t error;

	for (int i = 0; i < line; i++) {
		at = strchr(at, '\n');
		cr_assert_not_null(at);
		at++;
	}
	object = json_loadb(at, strcspn(at, "\n"), JSON_REJECT_DUPLICATES, &error);
	cr_assert_not_null(object, "%s: %s", error.text, at);
	return object;
}

static json_int_t integer(const json_t *object, const char *key)
{
	cr_assert(json_is_integer(json_object_get(object, key)), "%s", key);
	return json_integer_value(json_object_get(object, key));
}

static const char *string(const json_t *object, const char *key)
{
	cr_assert(json_is_string(json_object_get(object, key)), "%s", key);
	return json_string_value(json_object_get(object, key));
}

Test(json, has_the_figures)
{
	json_t *object;

	reported_call_busy();
	print();
	object = parse_line(BUSY);
	cr_assert_str_eq(string(object, "report"), "final");
	cr_assert_str_eq(string(object, "binary"), "/bin/server");
	cr_assert_str_eq(string(object, "function"), "main.busy");
	cr_assert_float_eq(json_real_value(json_object_get(object, "seconds")), 10, 1e-9);
	cr_assert_float_eq(json_real_value(json_object_get(object, "calls_per_second")), 100, 1e-6);
	cr_assert_eq(integer(object, "calls"), 1000);
	cr_assert_eq(integer(object, "in_flight"), 3);
	cr_assert_eq(integer(object, "unwound"), 4);
	cr_assert_eq(integer(object, "unmatched"), 5);
	cr_assert_eq(integer(object, "not_started"), 0);
	cr_assert_eq(integer(object, "dropped"), 0);
	cr_assert_eq(integer(object, "min_ns"), 1000000);
	cr_assert_eq(integer(object, "mean_ns"), 10900000);
	cr_assert_float_eq((double)integer(object, "p50_ns"), 1e6, 16e3);
	cr_assert_float_eq((double)integer(object, "p90_ns"), 1e6, 16e3);
	cr_assert_float_eq((double)integer(object, "p99_ns"), 1e8, 16e5);
	cr_assert_float_eq((double)integer(object, "p999_ns"), 1e8, 16e5);
	cr_assert_eq(integer(object, "max_ns"), 100000000);
	json_decref(object);
}

Test(json, has_the_buckets_with_their_bounds)
{
	const json_int_t values[] = { 1000000, 100000000 }, counts[] = { 900, 100 };
	json_t *object, *buckets;

	reported_call_busy();
	print();
	object = parse_line(BUSY);
	buckets = json_object_get(object, "buckets");
	cr_assert_eq(json_array_size(buckets), 2);
	for (int i = 0; i < 2; i++) {
		const json_t *bucket = json_array_get(buckets, i);

		cr_assert_eq(json_array_size(bucket), 3);
		cr_assert_leq(json_integer_value(json_array_get(bucket, 0)), values[i]);
		cr_assert_geq(json_integer_value(json_array_get(bucket, 1)), values[i]);
		cr_assert_eq(json_integer_value(json_array_get(bucket, 2)), counts[i]);
	}
	json_decref(object);
}

Test(json, has_no_times_where_there_was_no_call)
{
	json_t *object;

	print();
	object = parse_line(IDLE);
	cr_assert_str_eq(string(object, "function"), "main.idle");
	cr_assert_eq(integer(object, "calls"), 0);
	cr_assert(json_is_null(json_object_get(object, "min_ns")));
	cr_assert(json_is_null(json_object_get(object, "p50_ns")));
	cr_assert(json_is_null(json_object_get(object, "max_ns")));
	cr_assert_eq(json_array_size(json_object_get(object, "buckets")), 0);
	json_decref(object);
}

Test(json, has_one_line_a_function)
{
	size_t n_lines = 0;

	reported_call_busy();
	print();
	for (const char *c = text; *c; c++)
		n_lines += *c == '\n';
	cr_assert_eq(n_lines, N_FUNCTIONS);
	cr_assert_eq(text[strlen(text) - 1], '\n');
}

Test(json, survives_names_with_quotes_and_names_that_are_not_utf8)
{
	json_t *object;

	reported_functions[BUSY].name = "main.\"q\\uoted\"";
	reported_functions[IDLE].name = "main.\xff\xfe";
	reported.binary = "/tmp/\xe9t\xe9";
	print();
	object = parse_line(BUSY);
	cr_assert_str_eq(string(object, "function"), "main.\"q\\uoted\"");
	json_decref(object);
	object = parse_line(IDLE);
	cr_assert_not_null(strstr(string(object, "function"), "main."));
	json_decref(object);
}

Test(json, of_a_plan_has_each_site_and_each_refusal)
{
	json_t *object;

	text = reported_as(report_json.plan);
	object = parse_line(0);
	cr_assert_str_eq(string(object, "function"), "main.traced");
	cr_assert_eq(integer(object, "entry_va"), 0x401000);
	cr_assert_eq(integer(object, "entry_site_va"), 0x401004);
	cr_assert_str_eq(string(object, "entry_kind"), "jbe");
	cr_assert_str_eq(string(object, "goroutine"), "r14");
	cr_assert_eq(json_array_size(json_object_get(object, "return_vas")), 2);
	cr_assert_eq(json_integer_value(json_array_get(json_object_get(object, "return_vas"), 1)),
		     0x401011);
	cr_assert_null(json_object_get(object, "refused"));
	json_decref(object);
	object = parse_line(1);
	cr_assert_str_eq(string(object, "refused"), "it never returns");
	cr_assert_null(json_object_get(object, "return_vas"));
	json_decref(object);
}

Test(json, says_what_tracing_costs)
{
	const struct call_counters counters = { .n = { [CALL_WITHIN] = 500 } };
	json_t *object;

	reported_call_busy();
	stats_set_counters(&reported_stats, BUSY, &counters);
	print();
	object = parse_line(BUSY);
	cr_assert_eq(integer(object, "calls_within"), 500);
	cr_assert(json_is_null(json_object_get(object, "cost_ns")));
	cr_assert(json_is_null(json_object_get(object, "near_bias")));
	json_decref(object);

	reported.is_calibrated = true;
	reported_functions[BUSY].cost = (struct probe_cost){ .call_ns = 6000, .bias_ns = 400000 };
	report_sum_costs(&reported);
	print();
	object = parse_line(BUSY);
	cr_assert_eq(integer(object, "cost_ns"), 6000);
	cr_assert_eq(integer(object, "bias_ns"), 400000);
	cr_assert_eq(integer(object, "cost_within_ns"), 3000000);
	cr_assert(json_is_true(json_object_get(object, "near_bias")));
	json_decref(object);
}

Test(json, says_which_figures_are_partial)
{
	json_t *object;

	reported_call_busy();
	reported_functions[BUSY].state = REPORT_OVER_BUDGET;
	reported_functions[BUSY].seconds = 2;
	print();
	object = parse_line(BUSY);
	cr_assert_str_eq(string(object, "state"), "over-budget");
	cr_assert_float_eq(json_real_value(json_object_get(object, "seconds")), 2, 1e-9);
	cr_assert_float_eq(json_real_value(json_object_get(object, "calls_per_second")), 500, 1e-6);
	json_decref(object);
	object = parse_line(IDLE);
	cr_assert_str_eq(string(object, "state"), "traced");
	json_decref(object);
}

Test(json, sums_a_plan_up)
{
	json_t *object;

	text = reported_as(report_json.summary);
	object = parse_line(0);
	cr_assert_eq(integer(object, "functions"), 2);
	cr_assert_eq(integer(object, "jbe"), 1);
	cr_assert_eq(integer(object, "push"), 0);
	cr_assert_eq(integer(object, "first"), 0);
	cr_assert_eq(integer(object, "refused"), 1);
	json_decref(object);
}
