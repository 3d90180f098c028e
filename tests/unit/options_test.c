/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdlib.h>

enum { EXIT_USAGE = 2 };

static struct options options;
static const char *args[32];

/* The command line stays with the caller, as options refer to it. */
#define PARSE(...)                                                                                 \
	do {                                                                                       \
		static const char *const given[] = { "gotraced", __VA_ARGS__, NULL };              \
		const int n = sizeof(given) / sizeof(given[0]) - 1;                                \
                                                                                                   \
		for (int i = 0; i <= n; i++)                                                       \
			args[i] = given[i];                                                        \
		options_init(&options, n, (char **)args);                                          \
	} while (0)

/* The exit status is the test's; that options_init should come back is a failure. */
#define TEST_EXITS(status, name, ...)                                                              \
	Test(options, name, .exit_code = status, .init = cr_redirect_stderr)                       \
	{                                                                                          \
		PARSE(__VA_ARGS__);                                                                \
		exit(99);                                                                          \
	}

static void fini(void)
{
	options_fini(&options);
}

Test(options, need_only_a_binary_and_a_function, .fini = fini)
{
	PARSE("--binary", "/bin/server", "--func", "main.handle");
	cr_assert_eq(options.action, ACTION_TRACE);
	cr_assert_str_eq(options.targets[0].binary, "/bin/server");
	cr_assert_eq(options.targets[0].n_patterns, 1);
	cr_assert_str_eq(options.targets[0].patterns[0], "main.handle");
	cr_assert_eq(options.targets[0].n_pids, 0);
	cr_assert_null(options.command);
	cr_assert_eq(options.duration_ns, 0);
	cr_assert_eq(options.interval_ns, 0);
	cr_assert_eq(options.format, FORMAT_TEXT);
	cr_assert_null(options.output);
	cr_assert_eq(options.links, LINKS_AUTO);
	cr_assert_eq(options.max_functions, 1000);
	cr_assert_eq(options.max_in_flight, 0);
	cr_assert_eq(options.ring_bytes, 0);
	cr_assert_not(options.leaves_ret_alone);
}

Test(options, are_all_understood_in_their_long_form, .fini = fini)
{
	PARSE("--binary=b", "--func=f", "--func=g", "--pid=7", "--pid=8", "--duration=10",
	      "--interval=500ms", "--format=json", "--output=out", "--links=perf",
	      "--max-functions=5", "--max-in-flight=70", "--ring-size=64K", "--no-ret-emulation",
	      "--max-overhead=2.5%");
	cr_assert_eq(options.targets[0].n_patterns, 2);
	cr_assert_str_eq(options.targets[0].patterns[1], "g");
	cr_assert_eq(options.targets[0].n_pids, 2);
	cr_assert_eq(options.targets[0].pids[0], 7);
	cr_assert_eq(options.targets[0].pids[1], 8);
	cr_assert_eq(options.duration_ns, 10000000000);
	cr_assert_eq(options.interval_ns, 500000000);
	cr_assert_eq(options.format, FORMAT_JSON);
	cr_assert_str_eq(options.output, "out");
	cr_assert_eq(options.links, LINKS_PERF);
	cr_assert_eq(options.max_functions, 5);
	cr_assert_eq(options.max_in_flight, 70);
	cr_assert_eq(options.ring_bytes, 65536);
	cr_assert(options.leaves_ret_alone);
	cr_assert_float_eq(options.max_overhead_percent, 2.5, 1e-9);
	cr_assert_not(options.is_uncalibrated);
}

Test(options, have_short_forms, .fini = fini)
{
	PARSE("-b", "b", "-f", "f", "-p", "7", "-d", "1m", "-i", "1", "-o", "out");
	cr_assert_str_eq(options.targets[0].binary, "b");
	cr_assert_str_eq(options.targets[0].patterns[0], "f");
	cr_assert_eq(options.targets[0].pids[0], 7);
	cr_assert_eq(options.duration_ns, 60000000000);
	cr_assert_eq(options.interval_ns, 1000000000);
	cr_assert_str_eq(options.output, "out");
}

Test(options, list_needs_no_function, .fini = fini)
{
	PARSE("--binary", "b", "--list");
	cr_assert_eq(options.action, ACTION_LIST);
}

Test(options, plan_needs_no_function, .fini = fini)
{
	PARSE("--binary", "b", "--plan");
	cr_assert_eq(options.action, ACTION_PLAN);
}

Test(options, a_process_is_enough_of_a_program, .fini = fini)
{
	PARSE("--pid", "4711", "--func", "f");
	cr_assert_null(options.targets[0].binary);
	cr_assert_eq(options.targets[0].pids[0], 4711);
}

Test(options, a_commands_own_options_are_left_to_it, .fini = fini)
{
	PARSE("--func", "f", "--", "./server", "--func", "x", "--help", "--", "y");
	cr_assert_eq(options.targets[0].n_patterns, 1);
	cr_assert_str_eq(options.command[0], "./server");
	cr_assert_str_eq(options.command[1], "--func");
	cr_assert_str_eq(options.command[3], "--help");
	cr_assert_str_eq(options.command[4], "--");
	cr_assert_str_eq(options.command[5], "y");
	cr_assert_null(options.command[6]);
}

Test(options, an_interval_may_be_as_long_as_the_duration, .fini = fini)
{
	PARSE("-b", "b", "-f", "f", "-d", "10", "-i", "10");
	cr_assert_eq(options.interval_ns, options.duration_ns);
}

Test(options, give_each_binary_the_functions_that_follow_it, .fini = fini)
{
	PARSE("-b", "a", "-f", "f", "-f", "g", "-b", "b", "-f", "h");
	cr_assert_eq(options.n_targets, 2);
	cr_assert_str_eq(options.targets[0].binary, "a");
	cr_assert_eq(options.targets[0].n_patterns, 2);
	cr_assert_str_eq(options.targets[1].binary, "b");
	cr_assert_eq(options.targets[1].n_patterns, 1);
	cr_assert_str_eq(options.targets[1].patterns[0], "h");
}

Test(options, give_one_binary_the_functions_before_and_behind_it, .fini = fini)
{
	PARSE("-f", "f", "-b", "a", "-f", "g");
	cr_assert_eq(options.n_targets, 1);
	cr_assert_eq(options.targets[0].n_patterns, 2);
}

Test(options, ask_for_a_script, .fini = fini)
{
	PARSE("--binary", "b", "--func", "f", "--emit", "bpftrace");
	cr_assert_eq(options.action, ACTION_EMIT);
	cr_assert_not(options.is_skeleton);
}

Test(options, ask_for_a_script_to_fill_in, .fini = fini)
{
	PARSE("--binary", "b", "--func", "f", "--emit=bpftrace-skeleton");
	cr_assert_eq(options.action, ACTION_EMIT);
	cr_assert(options.is_skeleton);
}

TEST_EXITS(EXIT_USAGE, with_an_unknown_script_are_wrong, "-b", "b", "-f", "f", "--emit", "bpf")
TEST_EXITS(EXIT_USAGE, with_a_script_of_no_function_are_wrong, "-b", "b", "--emit", "bpftrace")
TEST_EXITS(EXIT_USAGE, with_a_command_and_a_script_are_wrong, "-f", "f", "--emit", "bpftrace", "--",
	   "./server")
TEST_EXITS(EXIT_USAGE, with_a_script_in_a_format_are_wrong, "-b", "b", "-f", "f", "--emit",
	   "bpftrace", "--format", "json")
TEST_EXITS(EXIT_USAGE, with_a_script_on_the_screen_are_wrong, "-b", "b", "-f", "f", "--emit",
	   "bpftrace", "--live")
TEST_EXITS(EXIT_USAGE, without_a_program_are_wrong, "--func", "f")
TEST_EXITS(EXIT_USAGE, without_a_function_are_wrong, "--binary", "b")
TEST_EXITS(EXIT_USAGE, that_are_unknown_are_wrong, "--binary", "b", "--func", "f", "--colour")
TEST_EXITS(EXIT_USAGE, without_their_argument_are_wrong, "--func", "f", "--binary")
TEST_EXITS(EXIT_USAGE, with_a_binary_without_a_function_are_wrong, "-b", "a", "-b", "b", "-f", "f")
TEST_EXITS(EXIT_USAGE, with_a_function_before_several_binaries_are_wrong, "-f", "f", "-b", "a",
	   "-b", "b", "-f", "g")
TEST_EXITS(EXIT_USAGE, with_a_stray_word_are_wrong, "-b", "b", "-f", "f", "main.main")
TEST_EXITS(EXIT_USAGE, with_a_command_not_set_off_are_wrong, "-f", "f", "./server", "--", "x")
TEST_EXITS(EXIT_USAGE, with_a_command_and_list_are_wrong, "--list", "--", "./server")
TEST_EXITS(EXIT_USAGE, with_a_command_and_a_process_are_wrong, "-p", "1", "-f", "f", "--",
	   "./server")
TEST_EXITS(EXIT_USAGE, with_an_interval_past_the_duration_are_wrong, "-b", "b", "-f", "f", "-d",
	   "1", "-i", "2")
TEST_EXITS(EXIT_USAGE, with_no_time_are_wrong, "-b", "b", "-f", "f", "-d", "0")
TEST_EXITS(EXIT_USAGE, with_a_bad_time_are_wrong, "-b", "b", "-f", "f", "-i", "soon")
TEST_EXITS(EXIT_USAGE, with_a_negative_time_are_wrong, "-b", "b", "-f", "f", "-d", "-5")
TEST_EXITS(EXIT_USAGE, with_an_unknown_format_are_wrong, "-b", "b", "-f", "f", "--format", "xml")
TEST_EXITS(EXIT_USAGE, with_unknown_links_are_wrong, "-b", "b", "-f", "f", "--links", "kprobe")
TEST_EXITS(EXIT_USAGE, with_process_0_are_wrong, "-f", "f", "-p", "0")
TEST_EXITS(EXIT_USAGE, with_a_negative_process_are_wrong, "-f", "f", "-p", "-1")
TEST_EXITS(EXIT_USAGE, with_a_process_beyond_32_bits_are_wrong, "-f", "f", "-p", "4294967297")
TEST_EXITS(EXIT_USAGE, with_a_process_that_is_no_number_are_wrong, "-f", "f", "-p", "12a")
TEST_EXITS(EXIT_USAGE, with_an_empty_process_are_wrong, "-f", "f", "--pid=")
TEST_EXITS(EXIT_USAGE, with_no_functions_at_most_are_wrong, "-b", "b", "-f", "f", "--max-functions",
	   "0")
TEST_EXITS(EXIT_USAGE, with_too_many_functions_at_most_are_wrong, "-b", "b", "-f", "f",
	   "--max-functions", "4194305")
TEST_EXITS(EXIT_USAGE, with_no_overhead_are_wrong, "-b", "b", "-f", "f", "--max-overhead", "0")
TEST_EXITS(EXIT_USAGE, with_more_overhead_than_a_cpu_are_wrong, "-b", "b", "-f", "f",
	   "--max-overhead", "101")
TEST_EXITS(EXIT_USAGE, with_nonsense_for_an_overhead_are_wrong, "-b", "b", "-f", "f",
	   "--max-overhead", "10 %")
TEST_EXITS(EXIT_USAGE, with_a_limit_of_an_unknown_cost_are_wrong, "-b", "b", "-f", "f",
	   "--max-overhead", "10", "--no-calibrate")
TEST_EXITS(EXIT_USAGE, with_no_room_in_flight_are_wrong, "-b", "b", "-f", "f", "--max-in-flight",
	   "0")
TEST_EXITS(EXIT_USAGE, with_a_ring_that_is_no_power_of_two_are_wrong, "-b", "b", "-f", "f",
	   "--ring-size", "65535")
TEST_EXITS(EXIT_USAGE, with_a_ring_smaller_than_a_page_are_wrong, "-b", "b", "-f", "f",
	   "--ring-size", "2K")
TEST_EXITS(EXIT_USAGE, with_a_ring_that_is_too_large_are_wrong, "-b", "b", "-f", "f", "--ring-size",
	   "2G")

static void redirect_both(void)
{
	cr_redirect_stdout();
	cr_redirect_stderr();
}

Test(options, help_is_no_error, .exit_code = 0, .init = redirect_both)
{
	PARSE("--help");
	exit(99);
}

Test(options, version_is_no_error, .exit_code = 0, .init = redirect_both)
{
	PARSE("--version");
	exit(99);
}
