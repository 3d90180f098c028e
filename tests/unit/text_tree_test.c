/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text_tree.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static char *text;
static struct report_tree_call calls[4];
static struct report_tree tree;
static struct report_style style;

static void init(void)
{
	setenv("TZ", "UTC", 1);
	style = (struct report_style){ .n_columns = 80, .is_utf8 = true };
	calls[0] = (struct report_tree_call){
		.function = "main.handle",
		.duration_ns = 12300000,
		.self_ns = 1500,
	};
	calls[1] = (struct report_tree_call){
		.function = "main.query",
		.after_ns = 100,
		.duration_ns = 1000000,
		.self_ns = 1000000,
		.depth = 1,
	};
	tree = (struct report_tree){
		.target = "server",
		.started_ns = 1700000000250000999,
		.goroutine = 17,
		.is_goroutine_known = true,
		.calls = calls,
		.n_calls = 2,
	};
}

static void fini(void)
{
	free(text);
}

TestSuite(text_tree, .init = init, .fini = fini);

static void assert_text(const char *expected)
{
	size_t n_bytes;
	FILE *to;

	free(text);
	to = open_memstream(&text, &n_bytes);
	cr_assert_eq(text_print_tree(to, &tree, &style), 0);
	fclose(to);
	cr_assert_str_eq(text, expected, "%s", text);
}

Test(text_tree, has_a_line_for_each_call)
{
	assert_text("     total      self  22:13:20.250000 goroutine 17\n"
		    "   12.3 ms   1.50 µs  main.handle\n"
		    "   1.00 ms   1.00 ms    main.query\n");
}

Test(text_tree, says_what_was_taken_and_that_a_call_was_unwound)
{
	tree.is_goroutine_known = false;
	calls[1].values = "(n=3) → err=nil";
	calls[1].is_unwound = true;
	assert_text("     total      self  22:13:20.250000 goroutine ?\n"
		    "   12.3 ms   1.50 µs  main.handle\n"
		    "   1.00 ms   1.00 ms    main.query(n=3) → err=nil unwound\n");
}

Test(text_tree, says_how_many_calls_are_not_in_it)
{
	calls[1].n_more = 3;
	calls[2] = (struct report_tree_call){
		.duration_ns = 5000,
		.depth = 1,
		.is_more = true,
		.n_more = 1,
	};
	calls[3] = (struct report_tree_call){ .duration_ns = 7, .self_ns = 7, .depth = 1 };
	tree.n_calls = 4;
	style.is_utf8 = false;
	assert_text("     total      self  22:13:20.250000 goroutine 17\n"
		    "   12.3 ms   1.50 us  main.handle\n"
		    "   1.00 ms   1.00 ms    main.query\n"
		    "                          ... 3 more calls within it\n"
		    "   5.00 us              ... 1 more call\n"
		    "      7 ns      7 ns    (not traced any more)\n");
}

Test(text_tree, is_not_indented_without_end)
{
	tree.n_calls = 2;
	calls[1].depth = 5000;
	calls[1].n_more = 1;
	assert_text("     total      self  22:13:20.250000 goroutine 17\n"
		    "   12.3 ms   1.50 µs  main.handle\n"
		    "   1.00 ms   1.00 ms                                                          "
		    "                        [5000] main.query\n"
		    "                                                                              "
		    "                        [5001] ... 1 more call within it\n");
}

Test(text_tree, says_what_it_is_within)
{
	tree.n_calls = 1;
	tree.is_within = true;
	assert_text("     total      self  22:13:20.250000 goroutine 17, within a call of another "
		    "function that is not shown\n"
		    "   12.3 ms   1.50 µs  main.handle\n");
	tree.caller = "main.serve";
	assert_text("     total      self  22:13:20.250000 goroutine 17, within a call of "
		    "main.serve that is not shown\n"
		    "   12.3 ms   1.50 µs  main.handle\n");
}
