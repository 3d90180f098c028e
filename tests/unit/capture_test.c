/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/capture.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "wished.h"

TestSuite(capture, .init = wished_init, .fini = wished_fini);

static void assert_labels(const char *expected)
{
	char labels[1024] = "";

	for (size_t i = 0; i < wished.n_values; i++)
		snprintf(labels + strlen(labels), sizeof(labels) - strlen(labels), "%s%s",
			 i ? " " : "", wished.values[i].label);
	cr_assert_str_eq(labels, expected);
}

static void assert_values(const char *expected)
{
	const char *values = wished_values(fetched_call(&wished.program));

	cr_assert_str_eq(values, expected, "%s", values);
}

Test(capture, of_nothing_takes_nothing)
{
	typed_function("(a int) (b int)");
	wish(NULL, NULL);
	cr_assert_eq(wished.n_values, 0);
	cr_assert_eq(wished.program.n_bytes, 0);
	cr_assert_eq(wished.program.at_entry.n_steps, 0);
	cr_assert_eq(wished.program.at_return.n_steps, 0);
}

Test(capture, of_all_has_parameters_and_then_results_as_they_are_declared)
{
	typed_function("(a int, _ int, b string) (n int, error)");
	wish(WISHED_ALL, NULL);
	assert_labels("a b n ret1");
	cr_assert_eq(wished.values[0].role, CAPTURE_PARAMETER);
	cr_assert_eq(wished.values[1].role, CAPTURE_PARAMETER);
	cr_assert_eq(wished.values[2].role, CAPTURE_RESULT);
	cr_assert_not(wished.values[1].is_at_return);
	cr_assert(wished.values[2].is_at_return);
	fetched_at_entry[RAX] = 1;
	fetched_at_entry[RBX] = 2;
	fetched_at_return[RAX] = 3;
	assert_values("a=1, b=\"\", n=3, ret1=nil");
}

Test(capture, takes_each_value_when_it_is_there)
{
	typed_function("(a int, b int) (n int)");
	wish(WISHED_ALL, NULL);
	cr_assert_eq(wished.program.at_entry.first_step, 0);
	cr_assert_eq(wished.program.at_entry.n_steps, 2);
	cr_assert_eq(wished.program.at_return.first_step, 2);
	cr_assert_eq(wished.program.at_return.n_steps, 1);
}

Test(capture, of_expressions_has_them_in_the_order_in_which_they_were_given)
{
	typed_function("(a int, b int) (n int, m int)");
	fetched_at_entry[RAX] = 1;
	fetched_at_entry[RBX] = 2;
	fetched_at_return[RAX] = 3;
	fetched_at_return[RBX] = 4;
	wish("m, b, n, a, m", NULL);
	assert_labels("m b n a m");
	for (size_t i = 0; i < 5; i++)
		cr_assert_eq(wished.values[i].role, CAPTURE_SHOWN);
	assert_values("m=4, b=2, n=3, a=1, m=4");
}

Test(capture, has_only_parameters_of_a_call_that_was_unwound)
{
	typed_function("(a int) (n int)");
	fetched_at_entry[RAX] = 1;
	wish("n, a", NULL);
	cr_assert_str_eq(wished_values(fetched_unwound_call(&wished.program)), "a=1");
}

Test(capture, looks_at_conditions_before_it_takes_the_rest)
{
	typed_function("(a int, b int) (n int)");
	wish(WISHED_ALL, "b > 1 && n > 2 && a > 0");
	cr_assert_eq(wished.program.at_entry.n_conditions, 2);
	cr_assert_eq(wished.program.at_entry.first_condition, 0);
	cr_assert_eq(wished.program.at_entry.n_condition_steps, 2);
	cr_assert_eq(wished.program.at_entry.n_steps, 4);
	cr_assert_eq(wished.program.at_return.n_conditions, 1);
	cr_assert_eq(wished.program.at_return.first_condition, 2);
	cr_assert_eq(wished.program.at_return.first_step, 4);
	cr_assert_eq(wished.program.at_return.n_condition_steps, 1);
	cr_assert_eq(wished.program.at_return.n_steps, 2);
	cr_assert_eq(wished.program.steps[0].reg, RBX);
	cr_assert_eq(wished.program.steps[1].reg, RAX);
	assert_labels("a b n");
}

Test(capture, has_at_most_eight_conditions)
{
	typed_function("(a int) (n int)");
	wish(NULL, "a>1 && a>2 && a>3 && a>4 && n>1 && n>2 && n>3 && n>4");
	cr_assert_eq(wished_try(NULL, "a>1&&a>2&&a>3&&a>4&&a>5&&a>6&&a>7&&a>8&&a>9"), -E2BIG);
	cr_assert_str_eq(wished_why.text, "there are at most 8 conditions");
	cr_assert_eq(wished_try(NULL, "a>1&&a>2&&a>3&&a>4&&n>5&&n>6&&n>7&&n>8&&n>9"), -E2BIG);
}

Test(capture, shows_what_could_not_be_had)
{
	typed_function("(a int, f float64, p struct{n int; g float32; s string})");
	fetched_at_entry[RAX] = 1;
	fetched_at_entry[RBX] = 2;
	fetched_at_entry[RCX] = 0x1000;
	fetched_at_entry[RDI] = 3;
	wish(WISHED_ALL, NULL);
	assert_values("a=1, f=<not reachable>, p={n:2 g:<not reachable> s:<unreadable>}");
}

Test(capture, shows_what_the_compiler_has_put_nowhere)
{
	typed_function("(a int, b int)");
	TYPED_LIST("b", TYPED_IN(RAX));
	fetched_at_entry[RAX] = 7;
	wish(WISHED_ALL, NULL);
	assert_values("a=<not reachable>, b=7");
}

Test(capture, leaves_parameters_less_room_than_there_is)
{
	typed_function("(a []string, b []string, c []string, d [9]string) (n []string)");
	wish(WISHED_ALL, NULL);
	cr_assert_leq(wished.program.at_entry.n_steps, FETCH_MAX_STEPS * 5 / 8);
	cr_assert_geq(wished.program.at_return.n_steps, 1 + 1 + 8);
	cr_assert_leq(wished.program.n_bytes, FETCH_MAX_BYTES);
}

Test(capture, gives_all_parameters_their_own_bytes_before_it_follows_any)
{
	typed_function("(a []string, b []string, c []string, d []string, e int)");
	for (int i = 0; i < 5; i++)
		fetched_at_entry[i] = 0;
	fetched_put(0x7000 + 8, (const uint64_t[]){ 0, 4, 5, 0, 0, 0, 4711 }, 56);
	fetched_at_entry[RSP] = 0x7000;
	wished_max_bytes = 256;
	wish(WISHED_ALL, NULL);
	cr_assert_eq(wished.n_values, 5);
	for (size_t i = 0; i < 5; i++)
		cr_assert_neq(wished.values[i].shape, SHAPE_NONE);
}

Test(capture, leaves_out_values_that_find_no_room)
{
	typed_function("(a [300]int64, b [300]int64, c int) (d [300]int64, n int)");
	fetched_at_entry[RAX] = 1;
	fetched_at_return[RAX] = 2;
	wish(WISHED_ALL, NULL);
	assert_labels("a b c d n");
	cr_assert_neq(wished.values[0].shape, SHAPE_NONE);
	cr_assert_eq(wished.values[1].shape, SHAPE_NONE);
	cr_assert_neq(wished.values[2].shape, SHAPE_NONE);
	cr_assert_eq(wished.values[3].shape, SHAPE_NONE);
	cr_assert(strstr(wished_values(fetched_call(&wished.program)), ", b=…, c=1, d=…, n=2"));
}

Test(capture, refuses_an_expression_that_finds_no_room)
{
	typed_function("(a [600]int64, n int) (m int)");
	cr_assert_eq(wished_try("a", NULL), -E2BIG);
	cr_assert_str_eq(wished_why.text, "that is more than can be taken of a call of main.f: 128 "
					  "steps, and 4096 bytes");
	cr_assert_eq(wished_try("n, m, a", NULL), -E2BIG);
	wished_max_bytes = 8;
	wish("n", NULL);
	cr_assert_eq(wished_try("n,m", NULL), -E2BIG);
	cr_assert_eq(wished_try("n", "m > 1"), -E2BIG);
	cr_assert_eq(wished_try(NULL, "m > 1 && n > 1"), -E2BIG);
}

Test(capture, of_a_length_that_the_type_tells_takes_nothing)
{
	typed_function("(a [5]int, f [1]float64)");
	wish("len(a), len(f)", NULL);
	cr_assert_eq(wished.program.at_entry.n_steps, 0);
	assert_values("len(a)=5, len(f)=1");
}

/* As many as there can be, in order; each takes a step. */
Test(capture, has_room_for_as_many_expressions_as_there_are_steps)
{
	char shown[2048] = "rax:int";

	for (int i = 1; i < FETCH_MAX_STEPS; i++)
		strcat(shown, ",rax:int");
	wish(shown, NULL);
	cr_assert_eq(wished.n_values, FETCH_MAX_STEPS);
	cr_assert_eq(wished.program.at_entry.n_steps, FETCH_MAX_STEPS);
	cr_assert_eq(wished.program.at_return.first_step, FETCH_MAX_STEPS);
	strcpy(shown + strlen(shown) - strlen(",rax:int"), ",ret.rax:int");
	wish(shown, NULL);
	cr_assert_eq(wished.program.at_return.n_steps, 1);
	fetched_at_return[RAX] = 4711;
	cr_assert(strstr(wished_values(fetched_call(&wished.program)), ", ret.rax:int=4711"));
	cr_assert_eq(wished_try(strcat(shown, ",rax:int"), NULL), -E2BIG);
}

Test(capture, has_what_calls_are_told_apart_by_behind_the_rest)
{
	struct expression shown[2], by;
	struct capture_wish wanted = {
		.shown = shown, .n_shown = 2, .by = &by, .max_bytes = FETCH_MAX_BYTES
	};

	typed_function("(a int, b int) (n int)");
	cr_assert_eq(expression_parse("n", &shown[0], &wished_why), 0);
	cr_assert_eq(expression_parse("a", &shown[1], &wished_why), 0);
	cr_assert_eq(expression_parse("b", &by, &wished_why), 0);
	cr_assert_eq(capture_init(&wished, typed_callee(), &wanted, &wished_why), 0);
	assert_labels("n a b");
	cr_assert_eq(wished.values[2].role, CAPTURE_BY);
	cr_assert_eq(wished.values[2].order, 2);
	expression_fini(&shown[0]);
	expression_fini(&shown[1]);
	expression_fini(&by);
}

Test(capture, is_sound_whatever_there_is_room_for)
{
	typed_define("main.node", "struct{n int; next *main.node; name string; err error}");
	typed_function(
		"(p *main.node, v main.node, xs []main.node, a [4]any) (err error, s []string)");
	for (wished_max_bytes = 0; wished_max_bytes <= FETCH_MAX_BYTES; wished_max_bytes += 24) {
		wish(WISHED_ALL, NULL);
		cr_assert_leq(wished.program.n_bytes, wished_max_bytes);
		wished_values(fetched_call(&wished.program));
	}
}
