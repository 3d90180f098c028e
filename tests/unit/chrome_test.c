/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/chrome.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static char *text;
static FILE *to;
static struct chrome *chrome;

static void init(void)
{
	static size_t n_bytes;

	to = open_memstream(&text, &n_bytes);
	cr_assert_eq(chrome_new(&chrome, to), 0);
}

static void fini(void)
{
	chrome_free(chrome);
	free(text);
}

TestSuite(chrome, .init = init, .fini = fini);

static void add(uint64_t goroutine, const struct report_tree_call *calls, size_t n)
{
	const struct report_tree tree = {
		.target = "server",
		.monotonic_ns = 1234567890123456,
		.goroutine = goroutine,
		.is_goroutine_known = goroutine < 1000,
		.process = 42,
		.calls = calls,
		.n_calls = n,
	};

	cr_assert_eq(chrome_add(chrome, &tree), 0);
}

static void assert_text(const char *expected)
{
	chrome_end(chrome);
	fclose(to);
	cr_assert_str_eq(text, expected, "%s", text);
}

#define NAMES(goroutine, name)                                                                     \
	"{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":42,\"tid\":" goroutine                    \
	",\"args\":{\"name\":\"server\"}}\n"                                                       \
	",{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":42,\"tid\":" goroutine                    \
	",\"args\":{\"name\":\"" name "\"}}\n"

Test(chrome, without_calls_it_is_an_empty_list)
{
	assert_text("[]\n");
}

Test(chrome, each_call_is_an_event_on_its_goroutines_track)
{
	const struct report_tree_call calls[] = {
		{ .function = "main.a", .duration_ns = 5000, .self_ns = 4001 },
		{ .function = "main.b",
		  .after_ns = 44,
		  .duration_ns = 999,
		  .self_ns = 999,
		  .depth = 1,
		  .is_unwound = true,
		  .values = " n=3" },
	};

	add(17, calls, 2);
	add(17, calls, 1);
	assert_text("[" NAMES(
		"17",
		"goroutine 17") ",{\"ph\":\"X\",\"name\":\"main.a\",\"pid\":42,"
				"\"tid\":17,\"cat\":\"go\",\"ts\":1234567890123.456,\"dur\":5.0,"
				"\"args\":{\"self_us\":4.001}}\n"
				",{\"ph\":\"X\",\"name\":\"main.b\",\"pid\":42,"
				"\"tid\":17,\"cat\":\"go\",\"ts\":1234567890123.5,\"dur\":0.999,"
				"\"args\":{\"values\":\"n=3\",\"self_us\":0.999,\"end\":"
				"\"unwound\"}}\n"
				",{\"ph\":\"X\",\"name\":\"main.a\",\"pid\":42,"
				"\"tid\":17,\"cat\":\"go\",\"ts\":1234567890123.456,\"dur\":5.0,"
				"\"args\":{\"self_us\":4.001}}\n]\n");
}

Test(chrome, values_in_json_are_no_text)
{
	const struct report_tree_call call = {
		.function = "main.a",
		.duration_ns = 5000,
		.self_ns = 5000,
		.values = "{\"values\":{\"n\":3}}\n",
	};

	add(17, &call, 1);
	assert_text("[" NAMES(
		"17",
		"goroutine 17") ",{\"ph\":\"X\",\"name\":\"main.a\",\"pid\":42,"
				"\"tid\":17,\"cat\":\"go\",\"ts\":1234567890123.456,\"dur\":5.0,"
				"\"args\":{\"values\":{\"n\":3},\"self_us\":5.0}}\n]\n");
}

Test(chrome, calls_put_together_and_goroutines_not_known_are_told)
{
	const struct report_tree_call calls[] = {
		{ .duration_ns = 5000, .self_ns = 4001, .n_more = 2 },
		{ .after_ns = 1000, .duration_ns = 2000, .is_more = true, .n_more = 3 },
	};

	add(4096, calls, 2);
	assert_text("[" NAMES(
		"4096", "goroutine not known") ",{\"ph\":\"X\",\"name\":\"not traced any more\","
					       "\"pid\":42,\"tid\":4096,\"cat\":\"go\",\"ts\":"
					       "1234567890123.456,\"dur\":5.0,"
					       "\"args\":{\"self_us\":4.001,\"more\":2}}\n"
					       ",{\"ph\":\"X\",\"name\":\"more calls\","
					       "\"pid\":42,\"tid\":4096,\"cat\":\"go\",\"ts\":"
					       "1234567890124.456,\"dur\":2.0,"
					       "\"args\":{\"more\":3}}\n]\n");
}
