/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "report/openmetrics.h"
#include "reported.h"

/* What the formats make of calls that are told apart by a value. */
static const struct report_style style = { .n_columns = 80, .is_utf8 = true };
static char *scraped;

static void init(void)
{
	reported_init();
	reported_stats.is_split = true;
	reported.by = "key";
}

static void fini(void)
{
	free(scraped);
	reported_fini();
}

TestSuite(by, .init = init, .fini = fini);

static void record(const char *text, uint64_t ns)
{
	cr_assert_eq(stats_record_as(&reported_stats, BUSY, text, ns), 0);
}

static void record_values(int n)
{
	char text[16];

	for (int i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "%d", i);
		record(text, 1000);
	}
}

static void has(const char *text, const char *part)
{
	cr_assert_not_null(strstr(text, part), "no '%s' in:\n%s", part, text);
}

Test(by, text_has_a_line_for_each_value)
{
	const char *text;

	record("\"a\"", 1000000);
	record("\"a\"", 3000000);
	record("nil", 7000000);
	text = reported_calls(&report_text, &style);
	has(text, "calls      total       mean        p50        p99        max  by key\n"
		  "           1    7.00 ms    7.00 ms    7.00 ms    7.00 ms    7.00 ms  nil\n"
		  "           2    4.00 ms    2.00 ms");
	has(text, "    3.00 ms  \"a\"\n");
	cr_assert_null(strstr(text, "other value"));
	cr_assert_null(strstr(text, "not known"));
}

Test(by, text_tells_of_other_values_and_of_calls_without_one)
{
	record_values(21);
	record(NULL, 2000);
	has(reported_calls(&report_text, &style), "  (1 other value)\n");
	has(reported_calls(&report_text, &style), "  (not known)\n");
	record("another", 1000);
	has(reported_calls(&report_text, &style), "  (2 other values)\n");
	record_values(251);
	has(reported_calls(&report_text, &style), "  (more than 230 other values)\n");
}

static const json_t *split_of(json_t *line)
{
	return json_object_get(line, "by");
}

static json_t *parse(void)
{
	const char *text = reported_calls(&report_json, NULL);
	json_t *line = json_loadb(text, strcspn(text, "\n"), JSON_REJECT_DUPLICATES, NULL);

	cr_assert(json_is_object(split_of(line)), "%s", text);
	return line;
}

static json_int_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

Test(by, json_has_an_object_for_each_value)
{
	const json_t *split, *value;
	json_t *line;

	record("\"a\\\"b\"", 1000);
	record("\"a\\\"b\"", 5000);
	line = parse();
	split = split_of(line);
	value = json_array_get(json_object_get(split, "values"), 0);
	cr_assert_str_eq(json_string_value(json_object_get(split, "expression")), "key");
	cr_assert_str_eq(json_string_value(json_object_get(value, "value")), "\"a\\\"b\"");
	cr_assert_eq(number(value, "calls"), 2);
	cr_assert_eq(number(value, "sum_ns"), 6000);
	cr_assert_eq(number(value, "min_ns"), 1000);
	cr_assert_eq(number(value, "mean_ns"), 3000);
	cr_assert_eq(number(value, "max_ns"), 5000);
	cr_assert(json_is_null(json_object_get(split, "others")));
	cr_assert(json_is_null(json_object_get(split, "unknown")));
	cr_assert(json_is_false(json_object_get(split, "is_full")));
	json_decref(line);
}

Test(by, json_tells_of_other_values_and_of_calls_without_one)
{
	const json_t *split;
	json_t *line;

	record_values(252);
	record(NULL, 2000);
	line = parse();
	split = split_of(line);
	cr_assert_eq(json_array_size(json_object_get(split, "values")), 20);
	cr_assert_eq(number(split, "other_values"), 230);
	cr_assert_eq(number(json_object_get(split, "others"), "calls"), 232);
	cr_assert_eq(number(json_object_get(split, "unknown"), "sum_ns"), 2000);
	cr_assert(json_is_true(json_object_get(split, "is_full")));
	json_decref(line);
}

static void scrape(void)
{
	static const uint64_t bounds[] = { 2000 };
	const struct openmetrics what = {
		.reports = &reported,
		.n_reports = 1,
		.bounds_ns = bounds,
		.n_bounds = 1,
	};
	size_t n_bytes;
	FILE *to = open_memstream(&scraped, &n_bytes);

	reported.kind = REPORT_DUMP;
	cr_assert_eq(openmetrics_print(to, &what), 0);
	fclose(to);
}

/* The count of a series by its label, as it stands in the text. */
static void has_series(const char *label, int n_calls)
{
	char line[256];

	snprintf(line, sizeof(line),
		 "\ngotraced_call_duration_seconds_count{target=\"/bin/server\",function="
		 "\"main.busy\",by=\"%s\"} %d\n",
		 label, n_calls);
	has(scraped, line);
}

static int n_series(void)
{
	int n = 0;

	for (const char *at = scraped; (at = strstr(at, "_count{target=\"/bin/server\",function="
							"\"main.busy\",by="));
	     at++)
		n++;
	return n;
}

Test(by, metrics_have_a_series_for_each_value_without_quotes)
{
	record("\"a\"", 1000);
	record("\"a\"", 3000);
	record("-5", 1000);
	record("\"\"", 1000);
	scrape();
	has(scraped,
	    "_bucket{target=\"/bin/server\",function=\"main.busy\",by=\"a\",le=\"2e-06\"} 1\n");
	has(scraped, "_sum{target=\"/bin/server\",function=\"main.busy\",by=\"a\"} 4e-06\n");
	has_series("a", 2);
	has_series("-5", 1);
	has_series("", 1);
	has_series("other", 0);
	cr_assert_eq(n_series(), 4);
}

Test(by, metrics_escape_labels)
{
	record("\"a\\\"b\\n\"", 1000);
	record("{X:\"y\"}", 1000);
	scrape();
	has_series("a\\\\\\\"b\\\\n", 1);
	has_series("{X:\\\"y\\\"}", 1);
}

Test(by, metrics_have_no_series_twice)
{
	record("\"other\"", 1000);
	record("nil", 1000);
	record("\"nil\"", 1000);
	record("\"5\"", 1000);
	record("5", 1000);
	record("\"(5)\"", 1000);
	record(NULL, 1000);
	record(NULL, 1000);
	scrape();
	has_series("\\\"other\\\"", 1);
	has_series("nil", 1);
	has_series("\\\"nil\\\"", 1);
	has_series("5", 1);
	has_series("(5)", 1);
	has_series("\\\"(5)\\\"", 1);
	has_series("other", 2);
	cr_assert_eq(n_series(), 7);
}

Test(by, metrics_keep_the_series_that_came_first)
{
	record_values(20);
	record("late", 1000000000);
	record("later", 1000000000);
	scrape();
	has_series("0", 1);
	has_series("19", 1);
	has_series("other", 2);
	cr_assert_eq(n_series(), 21);
}
