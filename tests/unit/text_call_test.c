/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text_call.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *text;
static struct report_call call;
static struct report_style style;

static void init(void)
{
	setenv("TZ", "UTC", 1);
	style = (struct report_style){ .n_columns = 80, .is_utf8 = true };
	call = (struct report_call){
		.target = "server",
		.function = "main.handle",
		.started_ns = 1700000000250000999,
		.duration_ns = 1500,
		.goroutine = 17,
		.is_goroutine_known = true,
	};
}

static void fini(void)
{
	free(text);
}

TestSuite(text_call, .init = init, .fini = fini);

static void assert_line(const char *expected)
{
	size_t n_bytes;
	FILE *to;

	free(text);
	to = open_memstream(&text, &n_bytes);
	cr_assert_eq(text_print_call(to, &call, &style), 0);
	fclose(to);
	cr_assert_str_eq(text, expected, "%s", text);
}

Test(text_call, is_a_line_with_when_where_what_and_how_long)
{
	assert_line("22:13:20.250000 goroutine 17 main.handle  1.50 µs\n");
}

Test(text_call, is_at_the_time_of_the_place)
{
	setenv("TZ", "UTC-5", 1);
	assert_line("03:13:20.250000 goroutine 17 main.handle  1.50 µs\n");
}

Test(text_call, says_when_it_was_unwound_and_when_its_goroutine_is_not_known)
{
	call.is_unwound = true;
	call.is_goroutine_known = false;
	assert_line("22:13:20.250000 goroutine ? main.handle unwound  1.50 µs\n");
}

static const struct value one = { .kind = VALUE_SIGNED, .number = 1 }, nil = { .kind = VALUE_NIL };

Test(text_call, has_parameters_in_parentheses_and_results_behind_an_arrow)
{
	const struct report_value values[] = {
		{ REPORT_PARAMETER, "n", &one },
		{ REPORT_PARAMETER, "p", &nil },
		{ REPORT_RESULT, "m", &one },
		{ REPORT_RESULT, "err", &nil },
	};

	call.values = values;
	call.n_values = 4;
	assert_line(
		"22:13:20.250000 goroutine 17 main.handle(n=1, p=nil) → m=1, err=nil  1.50 µs\n");
	style.is_utf8 = false;
	assert_line(
		"22:13:20.250000 goroutine 17 main.handle(n=1, p=nil) -> m=1, err=nil  1.50 us\n");
	call.values = values + 2;
	call.n_values = 1;
	assert_line("22:13:20.250000 goroutine 17 main.handle -> m=1  1.50 us\n");
}

Test(text_call, names_no_results_that_have_no_name)
{
	struct report_value values[] = { { REPORT_RESULT, "ret0", &one },
					 { REPORT_RESULT, "ret12", &nil } };

	call.values = values;
	call.n_values = 2;
	assert_line("22:13:20.250000 goroutine 17 main.handle → 1, nil  1.50 µs\n");
	values[0].label = "ret";
	values[1].label = "ret1x";
	assert_line("22:13:20.250000 goroutine 17 main.handle → ret=1, ret1x=nil  1.50 µs\n");
	values[0] = (struct report_value){ REPORT_PARAMETER, "ret0", &one };
	values[1] = (struct report_value){ REPORT_RESULT, "return", &one };
	assert_line("22:13:20.250000 goroutine 17 main.handle(ret0=1) → return=1  1.50 µs\n");
}

Test(text_call, has_the_values_of_expressions_side_by_side)
{
	const struct report_value values[] = { { REPORT_SHOWN, "len(xs)", &one },
					       { REPORT_SHOWN, "ret0", &nil } };

	call.values = values;
	call.n_values = 2;
	call.is_unwound = true;
	assert_line("22:13:20.250000 goroutine 17 main.handle len(xs)=1 ret0=nil unwound  "
		    "1.50 µs\n");
}

Test(text_call, stays_on_its_line)
{
	const struct value string = {
		.kind = VALUE_STRING, .bytes = "a\nb", .n_bytes = 3, .n_whole = 3
	};
	const struct report_value value = { REPORT_PARAMETER, "s", &string };

	call.values = &value;
	call.n_values = 1;
	assert_line("22:13:20.250000 goroutine 17 main.handle(s=\"a\\nb\")  1.50 µs\n");
}

Test(text_call, tells_of_calls_that_were_omitted)
{
	struct report_omitted omitted = { .n_over_limit = 7, .max_lines = 1000 };
	size_t n_bytes;
	FILE *to = open_memstream(&text, &n_bytes);

	text_print_omitted(to, &omitted);
	omitted = (struct report_omitted){ .n_dropped = 8 };
	text_print_omitted(to, &omitted);
	omitted.n_dropped = 0;
	text_print_omitted(to, &omitted);
	fclose(to);
	cr_assert_str_eq(text, "... 7 more calls, not printed: --max-lines 1000 a second\n"
			       "... 8 more calls, not printed: the ring buffer was full, see "
			       "--ring-size\n");
}
