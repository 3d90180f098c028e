/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/openmetrics.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "reported.h"

static const uint64_t bounds[] = { 1 << 19, 1 << 20, 1 << 26, 1 << 27, 1000000000 };
static struct report reports[2];
static struct openmetrics what = {
	.reports = reports,
	.n_reports = 1,
	.bounds_ns = bounds,
	.n_bounds = sizeof(bounds) / sizeof(bounds[0]),
};
static char *text;

static void fini(void)
{
	free(text);
	reported_fini();
}

TestSuite(openmetrics, .init = reported_init, .fini = fini);

static void print(void)
{
	size_t n_bytes;
	FILE *to = open_memstream(&text, &n_bytes);

	reported.kind = REPORT_DUMP;
	reports[0] = reported;
	if (!reports[1].target)
		reports[1] = reported;
	cr_assert_eq(openmetrics_print(to, &what), 0);
	fclose(to);
}

/* Is there exactly one such line? */
static bool has_line(const char *line)
{
	size_t n = strlen(line), n_found = 0;

	for (const char *at = text; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
		n_found += strncmp(at, line, n) == 0 && at[n] == '\n';
	return n_found == 1;
}

#define HAS(line) cr_assert(has_line(line), "%s", text)

Test(openmetrics, has_the_durations_as_a_histogram)
{
	reported_call_busy();
	print();
	HAS("# TYPE gotraced_call_duration_seconds histogram");
	HAS("# UNIT gotraced_call_duration_seconds seconds");
#define BUCKET                                                                                     \
	"gotraced_call_duration_seconds_bucket{target=\"/bin/server\",function=\"main.busy\","
	HAS(BUCKET "le=\"0.000524288\"} 0");
	HAS(BUCKET "le=\"0.001048576\"} 900");
	HAS(BUCKET "le=\"0.067108864\"} 900");
	HAS(BUCKET "le=\"0.134217728\"} 1000");
	HAS(BUCKET "le=\"1.0\"} 1000");
	HAS(BUCKET "le=\"+Inf\"} 1000");
	HAS("gotraced_call_duration_seconds_count{target=\"/bin/server\",function=\"main.busy\"} "
	    "1000");
	HAS("gotraced_call_duration_seconds_sum{target=\"/bin/server\",function=\"main.busy\"} "
	    "10.9");
	HAS("gotraced_calls_in_flight{target=\"/bin/server\",function=\"main.busy\"} 3");
	HAS("gotraced_calls_unwound_total{target=\"/bin/server\",function=\"main.busy\"} 4");
	HAS("gotraced_calls_unmatched_total{target=\"/bin/server\",function=\"main.busy\"} 5");
}

Test(openmetrics, has_zeros_where_there_was_no_call)
{
	print();
	HAS("gotraced_call_duration_seconds_bucket{target=\"/bin/server\",function=\"main.idle\","
	    "le=\"0.000524288\"} 0");
	HAS("gotraced_call_duration_seconds_count{target=\"/bin/server\",function=\"main.idle\"} "
	    "0");
	HAS("gotraced_call_duration_seconds_sum{target=\"/bin/server\",function=\"main.idle\"} "
	    "0.0");
}

Test(openmetrics, writes_small_bounds_as_they_are_read_again)
{
	static const uint64_t small[] = { 1, 1024, 100000, 123456789012345678 };

	what.bounds_ns = small;
	what.n_bounds = sizeof(small) / sizeof(small[0]);
	print();
	cr_assert_not_null(strstr(text, ",le=\"1e-09\"} "));
	cr_assert_not_null(strstr(text, ",le=\"1.024e-06\"} "));
	cr_assert_not_null(strstr(text, ",le=\"0.0001\"} "));
	cr_assert_not_null(strstr(text, ",le=\"123456789.01234569\"} "), "%s", text);
}

Test(openmetrics, tells_each_family_once_and_keeps_its_samples_together)
{
	char family[128] = "", seen[64][128];
	size_t n_seen = 0;

	reported.is_calibrated = true;
	what.n_reports = 2;
	reports[1] = reported;
	reports[1].target = "other";
	print();
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (sscanf(line, "# TYPE %127s", family) == 1) {
			for (size_t i = 0; i < n_seen; i++)
				cr_assert_str_neq(seen[i], family);
			strcpy(seen[n_seen++], family);
		} else if (strcmp(line, "# EOF") == 0) {
			family[0] = 0;
		} else {
			cr_assert(*family, "after the end: %s", line);
			cr_assert_eq(strncmp(line + (*line == '#' ? 7 : 0), family, strlen(family)),
				     0, "%s in %s", line, family);
		}
	}
	cr_assert_gt(n_seen, 10);
	cr_assert_eq(*family, 0);
}

Test(openmetrics, has_no_series_twice)
{
	reported_functions[IDLE].name = "main.busy";
	reported_functions[IDLE].nth = 1;
	what.n_reports = 2;
	print();
	HAS("gotraced_calls_in_flight{target=\"/bin/server\",function=\"main.busy\"} 0");
	HAS("gotraced_calls_in_flight{target=\"/bin/server\",function=\"main.busy\",nth=\"1\"} 0");
	HAS("gotraced_calls_in_flight{target=\"/bin/server (2)\",function=\"main.busy\"} 0");
	HAS("gotraced_calls_in_flight{target=\"/bin/server "
	    "(2)\",function=\"main.busy\",nth=\"1\"} 0");
}

Test(openmetrics, escapes_the_values_of_labels)
{
	static const struct report_label labels[] = { { "env", "pr\"o\\d\n" }, { "zone", "é" } };

	reported.labels = labels;
	reported.n_labels = 2;
	reported_functions[BUSY].name = "main.\xff\xfe";
	print();
	HAS("gotraced_calls_in_flight{target=\"/bin/server\",function=\"main.?\?\",env="
	    "\"pr\\\"o\\\\d\\n\",zone=\"é\"} 0");
	HAS("gotraced_target_info{target=\"/bin/server\",env=\"pr\\\"o\\\\d\\n\",zone=\"é\","
	    "binary=\"/bin/server\"} 1");
}

Test(openmetrics, tells_what_probes_cost_only_where_that_is_known)
{
	reported_functions[BUSY].cost = (struct probe_cost){ .call_ns = 6000, .bias_ns = 700 };
	print();
	cr_assert_null(strstr(text, "gotraced_probe_cost_seconds{"));
	free(text);
	reported.is_calibrated = true;
	print();
	HAS("gotraced_probe_cost_seconds{target=\"/bin/server\",function=\"main.busy\"} 6e-06");
	HAS("gotraced_probe_bias_seconds{target=\"/bin/server\",function=\"main.busy\"} 7e-07");
}

Test(openmetrics, counts_functions_by_their_state)
{
	reported_functions[IDLE].state = REPORT_OVER_BUDGET;
	reported.n_skipped = 9;
	reported.n_changes = 2;
	print();
	HAS("gotraced_functions{target=\"/bin/server\",state=\"traced\"} 1");
	HAS("gotraced_functions{target=\"/bin/server\",state=\"over-budget\"} 1");
	HAS("gotraced_functions{target=\"/bin/server\",state=\"gone\"} 0");
	HAS("gotraced_target_changes_total{target=\"/bin/server\"} 2");
	HAS("gotraced_program_runs_skipped_total 9");
	HAS("# TYPE gotraced_build info");
	HAS("gotraced_build_info{version=\"" GOTRACED_VERSION "\"} 1");
}

Test(openmetrics, end_with_their_mark)
{
	static const char end[] = "\n# EOF\n";

	print();
	cr_assert_str_eq(text + strlen(text) - strlen(end), end);
}

Test(openmetrics, are_plain_where_openmetrics_are_not_known)
{
	what.is_plain = true;
	print();
	HAS("# TYPE gotraced_calls_unwound_total counter");
	HAS("# TYPE gotraced_build_info gauge");
	HAS("gotraced_calls_unwound_total{target=\"/bin/server\",function=\"main.busy\"} 0");
	cr_assert_null(strstr(text, "# UNIT"));
	cr_assert_null(strstr(text, "# EOF"));
}

Test(openmetrics, are_there_without_a_target)
{
	what.n_reports = 0;
	print();
	HAS("gotraced_build_info{version=\"" GOTRACED_VERSION "\"} 1");
}
