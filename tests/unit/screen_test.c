/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live/screen.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "live/key.h"
#include "live/line.h"

enum { N_ROWS = 40 };

static struct stats stats;
static struct report_function functions[N_ROWS];
static char names[N_ROWS][32];
static struct report report = {
	.target = "/usr/bin/server",
	.binary = "/usr/bin/server",
	.seconds = 10,
	.stats = &stats,
	.n_functions = 3,
	.functions = functions,
};
static struct take take;
static struct screen screen;
static struct view view;
static char *frame;
static char *lines[200];
static size_t n_lines;

static void init(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	stats_init(&stats, N_ROWS);
	for (uint32_t i = 0; i < N_ROWS; i++) {
		snprintf(names[i], sizeof(names[i]), "main.f%02u", i);
		functions[i] = (struct report_function){ .name = names[i], .index = i };
		functions[i].seconds = 10;
	}
	screen = (struct screen){ .take = &take, .n_processes = 2, .n_columns = 120 };
	screen.n_lines = 30;
	screen.is_utf8 = screen.is_plain = true;
	view_init(&view);
	view.span = STATS_TOTAL;
}

static void fini(void)
{
	take_fini(&take);
	stats_fini(&stats);
	free(frame);
}

TestSuite(screen, .init = init, .fini = fini);

static void call(uint32_t function, size_t n, uint64_t ns)
{
	for (size_t i = 0; i < n; i++)
		stats_record(&stats, function, ns);
}

static void measure(void)
{
	const enum report_kind kinds[] = { REPORT_INTERVAL, REPORT_CUMULATIVE };

	take_clear(&take);
	for (size_t i = 0; i < 2; i++) {
		report.kind = kinds[i];
		report_sum_costs(&report);
		cr_assert_eq(take_add(&take, &report), 0);
	}
}

/* Draws, and finds the lines, without what clears their ends. */
static void draw(void)
{
	size_t n_bytes;
	FILE *to;
	char *end;

	free(frame);
	frame = NULL;
	to = open_memstream(&frame, &n_bytes);
	cr_assert_eq(screen_draw(&screen, &view, to), 0);
	fclose(to);
	n_lines = 0;
	for (char *rest = frame; rest; n_lines++) {
		lines[n_lines] = rest;
		end = strstr(rest, "\r\n");
		rest = end ? end + 2 : NULL;
		if (end)
			*end = '\0';
		end = strstr(lines[n_lines], "\033[K");
		if (end)
			*end = '\0';
	}
}

static void assert_fits(void)
{
	cr_assert_eq(n_lines, (size_t)screen.n_lines);
	for (size_t i = 0; i < n_lines; i++) {
		cr_assert_leq(line_columns(lines[i], true), screen.n_columns, "%s", lines[i]);
		cr_assert(!screen.is_plain || !strchr(lines[i], '\033'), "%s", lines[i]);
	}
}

static size_t line_with(const char *part)
{
	for (size_t i = 0; i < n_lines; i++)
		if (strstr(lines[i], part))
			return i;
	return (size_t)-1;
}

static void assert_shows(const char *part)
{
	cr_assert_neq(line_with(part), (size_t)-1, "no '%s'", part);
}

static void assert_lacks(const char *part)
{
	cr_assert_eq(line_with(part), (size_t)-1, "'%s' is there", part);
}

static void assert_above(const char *one, const char *other)
{
	assert_shows(one);
	assert_shows(other);
	cr_assert_lt(line_with(one), line_with(other));
}

static void call_three(void)
{
	call(0, 1000, 1000000);
	call(1, 10, 500000000);
	call(2, 100000, 2000);
	measure();
}

Test(screen, has_a_line_a_function_with_its_figures)
{
	const struct call_counters counters = {
		.n = { [CALL_STARTED] = 1007, [CALL_RETURNED] = 1000, [CALL_UNWOUND] = 4 }
	};

	stats_set_counters(&stats, 0, &counters);
	call_three();
	screen.n_columns = 130;
	draw();
	assert_fits();
	assert_shows(" main.f00     1000     100  1.00ms  1.00ms  1.00ms  1.00ms   1.00s         3"
		     "       4");
	assert_shows("/usr/bin/server");
	assert_shows("2 processes, traced for 10.0 s");
	assert_shows("since the start, 10.0 s");
	assert_shows("3 functions");
	assert_shows("q quit");
}

Test(screen, fits_every_window)
{
	const int sizes[][2] = { { 200, 60 }, { 120, 30 }, { 100, 30 }, { 80, 24 },
				 { 60, 10 },  { 40, 8 },   { 30, 6 } };

	report.n_functions = N_ROWS;
	functions[1].name = "github.com/prometheus/prometheus/promql.(*Engine).exec.func1";
	functions[2].name = "main.世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界";
	call_three();
	for (size_t i = 0; i < 4 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		screen.n_columns = sizes[i / 4][0];
		screen.n_lines = sizes[i / 4][1];
		screen.is_utf8 = i % 2;
		screen.is_plain = true;
		screen.n_messages = i / 2 % 2;
		screen.messages = (const char *const[]){ "something was said" };
		for (int page = PAGE_TABLE; page <= PAGE_KEYS; page++) {
			view.page = (enum view_page)page;
			draw();
			assert_fits();
		}
	}
}

Test(screen, that_is_too_small_says_so)
{
	call_three();
	screen.n_columns = 10;
	draw();
	cr_assert_eq(n_lines, 1);
	assert_shows("gotraced:");
}

Test(screen, leaves_out_first_what_tells_least_but_never_what_it_is_sorted_by)
{
	report.n_functions = 1;
	functions[0].name = "main.someFunctionWithALongName";
	call_three();
	screen.n_columns = 60;
	draw();
	assert_shows("calls/s");
	assert_shows("p99");
	assert_lacks("p90");
	assert_lacks("in flight");
	view.sort = COLUMN_IN_FLIGHT;
	draw();
	assert_shows("▼in flight");
}

Test(screen, cuts_names_in_front)
{
	functions[0].name = "github.com/prometheus/prometheus/promql.(*Engine).exec";
	call_three();
	screen.n_columns = 60;
	draw();
	assert_shows("(*Engine).exec ");
	assert_shows("…");
	screen.is_utf8 = false;
	draw();
	assert_shows("~");
}

Test(screen, sorts_by_each_column)
{
	call_three();
	draw();
	assert_above("main.f01", "main.f00");
	assert_above("main.f00", "main.f02");
	view.sort = COLUMN_CALLS;
	draw();
	assert_above("main.f02", "main.f00");
	assert_above("main.f00", "main.f01");
	view.is_reversed = true;
	draw();
	assert_above("main.f01", "main.f00");
	assert_above("main.f00", "main.f02");
	view.is_reversed = false;
	view.sort = COLUMN_P99;
	draw();
	assert_above("main.f01", "main.f00");
	assert_above("main.f00", "main.f02");
	view.sort = COLUMN_FUNCTION;
	draw();
	assert_above("main.f00", "main.f01");
	assert_above("main.f01", "main.f02");
}

Test(screen, has_what_never_happened_at_the_end)
{
	report.n_functions = 4;
	call_three();
	view.sort = COLUMN_MAX;
	view.is_reversed = true;
	draw();
	assert_above("main.f01", "main.f03");
}

Test(screen, shows_the_part_of_the_table_that_it_is_scrolled_to)
{
	report.n_functions = N_ROWS;
	measure();
	screen.n_lines = 14;
	draw();
	assert_shows("functions 1-10 of 40");
	assert_shows("main.f09");
	assert_lacks("main.f10");
	view_on_key(&view, KEY_END);
	draw();
	assert_shows("functions 31-40 of 40");
	assert_shows(">main.f39");
	assert_lacks("main.f29");
}

Test(screen, marks_the_selected_row_by_style_or_else_by_a_sign)
{
	call_three();
	draw();
	assert_shows(">main.f01");
	screen.is_plain = false;
	draw();
	assert_shows("\033[0;7m main.f01");
	assert_lacks(">main.f01");
}

Test(screen, draws_all_distributions_on_one_scale)
{
	const char *header, *rest;

	call_three();
	draw();
	header = lines[line_with("1.02µs")];
	cr_assert_not_null(strstr(header, "537ms"), "%s", header);
	assert_shows("█");
	/* 2 µs lie at its beginning, 500 ms at its end. */
	cr_assert_lt(strstr(lines[line_with("main.f02")], "█") - lines[line_with("main.f02")],
		     strstr(lines[line_with("main.f00")], "█") - lines[line_with("main.f00")]);
	rest = strstr(lines[line_with("main.f01")], "█") + strlen("█");
	cr_assert_eq(strspn(rest, " "), strlen(rest), "%s", rest);
	screen.is_utf8 = false;
	draw();
	assert_shows("#");
	for (size_t i = 0; i < n_lines; i++)
		for (const char *c = lines[i]; *c; c++)
			cr_assert_lt((unsigned char)*c, 0x80, "%s", lines[i]);
}

Test(screen, shows_in_a_distribution_whatever_happened_at_all)
{
	call(0, 100000, 1000);
	call(0, 1, 1000000);
	measure();
	draw();
	assert_shows("▁");
}

Test(screen, without_calls_has_no_times)
{
	measure();
	draw();
	assert_fits();
	assert_shows("main.f00        0       0       -       -       -       -       -");
	view.page = PAGE_FUNCTION;
	draw();
	assert_fits();
	assert_shows("calls 0 ");
}

Test(screen, without_functions_is_still_one)
{
	report.n_functions = 0;
	measure();
	for (int page = PAGE_TABLE; page <= PAGE_KEYS; page++) {
		view.page = (enum view_page)page;
		draw();
		assert_fits();
	}
	take_clear(&take);
	draw();
	assert_fits();
}

Test(screen, has_no_control_characters_but_its_own)
{
	functions[0].name = "main.\033[2J\a\r\n\tevil";
	functions[1].name = "main.\xff\xfe\xc3";
	functions[2].name = "main.\xe2\x80\xae"
			    "reversed\xc2\x9b"
			    "31m";
	report.target = "/tmp/\033]0;title\a";
	call_three();
	for (int page = PAGE_TABLE; page <= PAGE_FUNCTION; page++) {
		view.page = (enum view_page)page;
		draw();
		for (size_t i = 0; i < n_lines; i++)
			for (const char *c = lines[i]; *c; c++)
				cr_assert(*c >= ' ' || *c < 0, "%s", lines[i]);
		assert_fits();
	}
	view.page = PAGE_TABLE;
	draw();
	assert_shows("main.?[2J????evil");
	assert_shows("main.???");
	assert_shows("main.?reversed?31m");
}

Test(screen, of_the_last_interval_holds_only_that)
{
	call_three();
	stats_next_interval(&stats);
	call(0, 5, 3000000);
	measure();
	view.span = STATS_INTERVAL;
	draw();
	assert_shows("the last 10.0 s");
	assert_shows("main.f00        5    0.50  3.00ms");
	assert_shows("main.f02        0       0       -");
	view.span = STATS_TOTAL;
	draw();
	assert_shows("main.f00     1005");
}

Test(screen, of_a_function_is_what_the_text_report_has)
{
	call(0, 10, 1000000);
	measure();
	view.page = PAGE_FUNCTION;
	draw();
	assert_fits();
	assert_shows("calls 10 (1.00/s), in flight 0, unwound 0, unmatched 0");
	assert_shows("p99.9 1.00 ms");
	assert_shows("10 100.0%  ███");
	assert_shows("esc back");
}

Test(screen, of_a_function_scrolls_where_it_does_not_fit)
{
	for (uint64_t ns = 1; ns < 1ull << 40; ns *= 2)
		call(0, 1, ns);
	measure();
	view.page = PAGE_FUNCTION;
	screen.n_lines = 10;
	draw();
	assert_shows("main.f00");
	view_on_key(&view, KEY_END);
	draw();
	assert_fits();
	assert_lacks("main.f00");
	assert_shows("1100 s");
}

Test(screen, says_what_tracing_costs_where_that_is_known)
{
	call_three();
	draw();
	assert_lacks("tracing costs");
	report.is_calibrated = true;
	functions[2].cost = (struct probe_cost){ .call_ns = 6000, .bias_ns = 1000 };
	measure();
	draw();
	assert_shows("tracing costs 6% of a CPU");
}

Test(screen, dims_times_that_are_mostly_the_probes_own)
{
	functions[2].cost = (struct probe_cost){ .call_ns = 6000, .bias_ns = 1000 };
	call_three();
	screen.is_plain = false;
	draw();
	cr_assert_not_null(strstr(lines[line_with("main.f02")], "\033[0;2m  2.00µs"), "%s",
			   lines[line_with("main.f02")]);
	cr_assert_null(strstr(lines[line_with("main.f00")], "\033[0;2m"));
}

Test(screen, says_which_functions_are_not_traced_any_more)
{
	functions[0].state = REPORT_OVER_BUDGET;
	functions[0].seconds = 0;
	measure();
	draw();
	assert_shows("off");
	view.page = PAGE_FUNCTION;
	draw();
	assert_shows("not traced any more: detached to keep within --max-overhead");
}

Test(screen, names_the_program_where_there_are_several)
{
	struct report other = report;

	call_three();
	draw();
	assert_lacks("program");
	other.target = "/opt/worker";
	other.kind = REPORT_INTERVAL;
	take_add(&take, &other);
	other.kind = REPORT_CUMULATIVE;
	take_add(&take, &other);
	draw();
	assert_fits();
	assert_shows("2 programs: /usr/bin/server, /opt/worker");
	assert_shows("function  program");
	assert_shows("main.f00  worker");
	assert_shows("main.f00  server");
}

Test(screen, says_that_it_is_paused)
{
	call_three();
	view.is_paused = true;
	draw();
	assert_shows("PAUSED");
	assert_shows("p go on");
}

Test(screen, has_the_latest_messages_above_the_keys)
{
	static const char *const messages[] = { "first", "second", "third", "fo\nurth" };

	call_three();
	screen.messages = messages;
	screen.n_messages = 4;
	draw();
	assert_fits();
	assert_lacks("first");
	cr_assert_str_eq(lines[n_lines - 3], "third");
	cr_assert_str_eq(lines[n_lines - 2], "fo?urth");
	screen.n_lines = 10;
	draw();
	assert_lacks("third");
	assert_shows("fo?urth");
}

Test(screen, keeps_what_was_taken_while_tracing_goes_on)
{
	call_three();
	call(0, 500, 1000);
	stats_next_interval(&stats);
	draw();
	assert_shows("main.f00     1000");
	measure();
	draw();
	assert_shows("main.f00     1500");
}

Test(screen, shortens_large_figures)
{
	const struct call_counters counters = { .n = { [CALL_DROPPED] = 1234567890123 } };

	stats_set_counters(&stats, 0, &counters);
	call(0, 1, 4000000000000000);
	measure();
	draw();
	assert_fits();
	assert_shows("1234.6G");
	assert_shows("1111h");
}
