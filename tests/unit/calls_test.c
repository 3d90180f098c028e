/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/calls.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static struct options_calls calls;
static struct reason why;

static void fini(void)
{
	calls_fini(&calls);
}

TestSuite(calls, .fini = fini);

static void assert_shown(const char *text, size_t n)
{
	cr_assert_eq(calls_add_shown(&calls, text, &why), 0, "%s: %s", text, why.text);
	cr_assert_eq(calls.n_shown, n);
}

static void assert_conditions(const char *text, size_t n)
{
	cr_assert_eq(calls_add_conditions(&calls, text, &why), 0, "%s: %s", text, why.text);
	cr_assert_eq(calls.n_conditions, n);
}

Test(calls, are_shown_by_expressions_with_commas_between_them)
{
	assert_shown("n, p.X ,len( xs ),*q", 4);
	cr_assert_str_eq(calls.shown[0].text, "n");
	cr_assert_str_eq(calls.shown[1].text, "p.X");
	cr_assert_str_eq(calls.shown[2].text, "len( xs )");
	cr_assert_str_eq(calls.shown[3].text, "*q");
}

Test(calls, are_shown_by_what_is_added_as_well)
{
	assert_shown("a,b", 2);
	assert_shown("rbx+rcx:string", 3);
	cr_assert_str_eq(calls.shown[0].text, "a");
	cr_assert_str_eq(calls.shown[2].text, "rbx+rcx:string");
}

Test(calls, are_not_shown_by_nothing)
{
	static const char *const wrong[] = { "", "a,", ",a", "a,,b", "a, ,b", "a b", "\"a,b\"" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cr_assert_eq(calls_add_shown(&calls, wrong[i], &why), -EINVAL, "%s", wrong[i]);
		calls_fini(&calls);
	}
}

Test(calls, are_left_out_by_conditions_with_ands_between_them)
{
	assert_conditions("n > 100 && ok == true&&err!=nil", 3);
	cr_assert_str_eq(calls.conditions[0].expression.name, "n");
	cr_assert_str_eq(calls.conditions[1].expression.name, "ok");
	cr_assert_str_eq(calls.conditions[2].expression.name, "err");
	assert_conditions("d >= 10ms", 4);
}

Test(calls, have_strings_that_hold_what_divides)
{
	assert_conditions("s == \"a && b\" && t != \"&&\"", 2);
	cr_assert_str_eq(calls.conditions[0].string, "a && b");
	cr_assert_str_eq(calls.conditions[1].string, "&&");
	assert_conditions("s == \"a,b\"", 3);
}

Test(calls, have_strings_that_hold_quotes)
{
	assert_conditions("s == \"\\\" && \" && n > 1", 2);
	cr_assert_arr_eq(calls.conditions[0].string, "\" && ", 5);
	assert_conditions("s == \"\\\\\" && n > 1", 4);
	cr_assert_arr_eq(calls.conditions[2].string, "\\", 1);
}

Test(calls, have_strings_that_hold_parentheses)
{
	assert_conditions("s == \"((((((((((((\" && n > 1", 2);
}

Test(calls, are_not_left_out_by_half_a_condition)
{
	static const char *const wrong[] = { "",
					     "n > 1 &&",
					     "&& n > 1",
					     "n > 1 & m > 2",
					     "n > 1 && m",
					     "s == \"a && n > 1",
					     "n > 1 && && m > 1",
					     "s == \"a\\",
					     "s == \"a\\\" && n > 1" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cr_assert_eq(calls_add_conditions(&calls, wrong[i], &why), -EINVAL, "%s", wrong[i]);
		calls_fini(&calls);
	}
}

Test(calls, keep_what_was_right_when_something_is_wrong)
{
	cr_assert_eq(calls_add_shown(&calls, "a,b,3", &why), -EINVAL);
	cr_assert_eq(calls.n_shown, 2);
	cr_assert_eq(calls_add_conditions(&calls, "a > 1 && b", &why), -EINVAL);
	cr_assert_eq(calls.n_conditions, 1);
	calls_fini(&calls);
	cr_assert_eq(calls.n_shown, 0);
	cr_assert_null(calls.shown);
}
