/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

#include <criterion/criterion.h>
#include <string.h>

#include "reported.h"

static struct report_style style = { .n_columns = 80, .is_utf8 = true };
static const char *text;

TestSuite(text, .init = reported_init, .fini = reported_fini);

static void print(void)
{
	text = reported_calls(&report_text, &style);
}

static void assert_contains(const char *part)
{
	cr_assert_not_null(strstr(text, part), "no '%s' in:\n%s", part, text);
}

static void assert_lacks(const char *part)
{
	cr_assert_null(strstr(text, part), "'%s' in:\n%s", part, text);
}

static size_t columns_of(const char *line)
{
	size_t n = 0;

	for (; *line && *line != '\n'; line++)
		n += (*line & 0xc0) != 0x80;
	return n;
}

static void assert_histogram_fits(size_t n_columns)
{
	size_t widest = 0;

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		cr_assert_leq(columns_of(line), n_columns, "%.*s", (int)strcspn(line, "\n"), line);
		if (!memchr(line, '%', strcspn(line, "\n")))
			continue;
		widest = columns_of(line) > widest ? columns_of(line) : widest;
	}
	cr_assert_geq(widest, n_columns - 8, "the longest bar leaves much of the width empty");
}

Test(text, has_the_figures)
{
	reported_call_busy();
	print();
	assert_contains("/bin/server: in all, 10.0 s");
	assert_contains("main.busy\n");
	assert_contains("calls 1000 (100/s), in flight 3, unwound 4, unmatched 5");
	assert_contains("mean 10.9 ms");
	assert_contains("min 1.00 ms");
	assert_contains("max 100 ms");
	assert_lacks("not started");
	assert_lacks("without a time");
}

Test(text, tells_what_is_missing)
{
	const struct call_counters counters = { .n = {
							[CALL_STARTED] = 12,
							[CALL_RETURNED] = 12,
							[CALL_NOT_STARTED] = 77,
							[CALL_DROPPED] = 12,
						} };

	stats_set_counters(&reported_stats, BUSY, &counters);
	print();
	assert_contains("calls 12 ");
	assert_contains("not started 77");
	assert_contains("without a time 12");
}

Test(text, has_a_row_for_each_range_with_its_share)
{
	reported_call_busy();
	print();
	assert_contains("900  90.0%");
	assert_contains("100  10.0%");
}

Test(text, fits_the_width)
{
	const int widths[] = { 60, 72, 80, 100, 140 };

	reported_call_busy();
	for (size_t i = 0; i < 2 * sizeof(widths) / sizeof(widths[0]); i++) {
		style = (struct report_style){ widths[i / 2], i % 2 };
		print();
		assert_histogram_fits(widths[i / 2]);
	}
}

Test(text, is_ascii_where_utf8_is_not_understood)
{
	reported_call_busy();
	stats_record(&reported_stats, BUSY, 1500);
	style.is_utf8 = false;
	print();
	for (const char *c = text; *c; c++)
		cr_assert_lt((unsigned char)*c, 0x80);
	assert_contains("####");
	assert_contains("min 1.50 us");
}

Test(text, draws_with_blocks_where_utf8_is_understood)
{
	reported_call_busy();
	stats_record(&reported_stats, BUSY, 1500);
	print();
	assert_contains("████");
	assert_contains("min 1.50 µs");
	assert_lacks("#");
}

Test(text, shows_whatever_happened_at_all)
{
	for (int i = 0; i < 100000; i++)
		stats_record(&reported_stats, BUSY, 1000);
	stats_record(&reported_stats, BUSY, 1000000);
	print();
	assert_contains("▏");
	style.is_utf8 = false;
	print();
	assert_contains("|\n");
}

Test(text, lists_the_functions_not_called)
{
	reported_call_busy();
	print();
	assert_contains("not called: 1 function\n  main.idle\n");
}

Test(text, takes_a_function_that_only_began_for_called)
{
	const struct call_counters counters = { .n = { [CALL_STARTED] = 1 } };

	stats_set_counters(&reported_stats, IDLE, &counters);
	print();
	assert_contains("not called: 1 function\n  main.busy\n");
	assert_contains("main.idle\n  calls 0 (0.00/s), in flight 1");
}

Test(text, names_only_the_first_of_very_many_idle_functions)
{
	enum { N = 25 };
	struct report_function many[N];

	stats_fini(&reported_stats);
	stats_init(&reported_stats, N);
	for (int i = 0; i < N; i++)
		many[i] = (struct report_function){ .name = "main.same", .seconds = 10 };
	reported.functions = many;
	reported.n_functions = N;
	print();
	assert_contains("not called: 25 functions\n");
	assert_contains("  and 5 more\n");
}

Test(text, begins_with_the_function_that_took_the_most_time)
{
	stats_record(&reported_stats, BUSY, 1000);
	stats_record(&reported_stats, BUSY, 1000);
	stats_record(&reported_stats, IDLE, 50000);
	print();
	cr_assert_lt(strstr(text, "main.idle"), strstr(text, "main.busy"));
}

Test(text, of_an_interval_holds_only_that)
{
	reported_call_busy();
	stats_next_interval(&reported_stats);
	stats_record(&reported_stats, BUSY, 2000000);
	reported.kind = REPORT_INTERVAL;
	print();
	assert_contains("/bin/server: the last 10.0 s");
	assert_contains("calls 1 (0.10/s), in flight 3, unwound 0, unmatched 0");
	reported.kind = REPORT_DUMP;
	print();
	assert_contains("so far, 10.0 s");
	assert_contains("calls 1001 ");
}

Test(text, has_at_most_twenty_rows_a_function)
{
	int n_rows = 0;

	for (uint64_t ns = 1; ns < 1ull << 47; ns += ns / 20 + 1)
		stats_record(&reported_stats, BUSY, ns);
	print();
	for (const char *c = text; *c; c++)
		n_rows += *c == '%';
	cr_assert_geq(n_rows, 10);
	cr_assert_leq(n_rows, 20);
}

Test(text, of_a_plan_has_each_site_and_each_refusal)
{
	text = reported_as(report_text.plan);
	assert_contains("main.traced\n");
	assert_contains("0x401004 (jbe)");
	assert_contains("0x40100b");
	assert_contains("0x401011");
	assert_contains("main.refused\n  not traced: it never returns\n");
	assert_contains("1 of 2 functions can be traced, at 3 sites");
}

Test(text, of_a_list_has_a_line_a_function)
{
	text = reported_as(report_text.list);
	assert_contains("0x0000000000401000");
	assert_contains("main.traced\n");
	assert_contains("main.refused  (cannot be traced)\n");
}

static void set_costs(void)
{
	reported.is_calibrated = true;
	reported_functions[BUSY].cost = (struct probe_cost){ .call_ns = 6000, .bias_ns = 700 };
	reported_functions[IDLE].cost = (struct probe_cost){ .call_ns = 9000, .bias_ns = 2000 };
	report_sum_costs(&reported);
}

Test(text, says_what_tracing_costs)
{
	reported_call_busy();
	print();
	assert_lacks("tracing costs");
	set_costs();
	print();
	assert_contains("tracing costs 6.00 µs to 9.00 µs a call, 700 ns to 2.00 µs of it within "
			"the times below; 0.06% of a CPU in all\n");
	assert_lacks("the probe itself");
	assert_lacks("traced calls");
}

Test(text, marks_times_that_are_mostly_the_probes)
{
	for (int i = 0; i < 10; i++)
		stats_record(&reported_stats, BUSY, 2000);
	set_costs();
	print();
	assert_contains("little more than the probe itself, which is 700 ns of each");
}

Test(text, says_what_traced_calls_within_have_cost)
{
	const struct call_counters counters = { .n = { [CALL_WITHIN] = 500 } };

	reported_call_busy();
	stats_set_counters(&reported_stats, BUSY, &counters);
	set_costs();
	print();
	assert_contains(
		"contains 500 traced calls, whose probes make up some 3.00 ms (0.0%) of it");
}

Test(text, says_which_figures_are_partial)
{
	reported_call_busy();
	reported_functions[BUSY].state = REPORT_OVER_BUDGET;
	reported_functions[BUSY].seconds = 2;
	print();
	assert_contains("partial, traced for 2.00 s: detached to keep within --max-overhead");
	assert_contains("calls 1000 (500/s)");
}

Test(text, says_what_the_kernel_left_out)
{
	reported.n_skipped = 3;
	print();
	assert_contains("the kernel left out 3 runs of the probes' programs");
}

Test(text, sums_a_plan_up)
{
	text = reported_as(report_text.summary);
	assert_contains("2 functions, of which\n");
	assert_contains("  entered at the jbe of the stack check             1  50.0%\n");
	assert_contains("  entered at another first instruction              0   0.0%\n");
	assert_contains("  cannot be traced (--plan tells why)               1  50.0%\n");
}
