/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expr/condition.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static struct condition condition;
static struct reason why;

static void parse(const char *text)
{
	condition_fini(&condition);
	cr_assert_eq(condition_parse(text, &condition, &why), 0, "%s: %s", text, why.text);
}

static void assert_refused(const char *text, const char *said)
{
	cr_assert_eq(condition_parse(text, &condition, &why), -EINVAL, "%s", text);
	cr_assert_str_eq(why.text, said);
}

Test(condition, compares_with_a_number)
{
	parse("n>100");
	cr_assert_str_eq(condition.expression.name, "n");
	cr_assert_eq(condition.operator, CONDITION_GREATER);
	cr_assert_eq(condition.literal, LITERAL_NUMBER);
	cr_assert_eq(condition.number, 100);
	parse(" p.X <= -0x10 ");
	cr_assert_eq(condition.operator, CONDITION_AT_MOST);
	cr_assert(condition.is_negative);
	cr_assert_eq(condition.number, 16);
	parse("f != 1.5");
	cr_assert_eq(condition.literal, LITERAL_REAL);
	cr_assert_eq(condition.real, 1.5);
	parse("u == 18446744073709551615");
	cr_assert_eq(condition.number, UINT64_MAX);
}

Test(condition, compares_with_a_duration)
{
	parse("d >= 1.5ms");
	cr_assert_eq(condition.literal, LITERAL_DURATION);
	cr_assert_eq(condition.number, 1500000);
}

Test(condition, compares_with_words)
{
	parse("ok == true");
	cr_assert_eq(condition.literal, LITERAL_BOOL);
	cr_assert_eq(condition.number, 1);
	parse("ok != false");
	cr_assert_eq(condition.number, 0);
	parse("err != nil");
	cr_assert_eq(condition.literal, LITERAL_NIL);
}

Test(condition, compares_with_a_string)
{
	parse("name ^= \"a\\\"b\\n\\x00\\\\\"");
	cr_assert_eq(condition.operator, CONDITION_BEGINS_WITH);
	cr_assert_eq(condition.n_string_bytes, 6);
	cr_assert_arr_eq(condition.string, "a\"b\n\0\\", 6);
	parse("name==\"\"");
	cr_assert_eq(condition.n_string_bytes, 0);
}

Test(condition, takes_registers_as_well)
{
	parse("rbx+rcx:string == \"x\"");
	cr_assert_str_eq(condition.expression.type, "string");
	parse("rax:int>3");
	cr_assert_str_eq(condition.expression.type, "int");
	parse("ret.rax:error != nil");
	cr_assert(condition.expression.is_at_return);
}

Test(condition, shows_where_it_is_wrong)
{
	assert_refused("n",
		       "one of == != < <= > >= and ^= (begins with) is wanted here\n  n\n   ^");
	assert_refused(
		"n = 3",
		"one of == != < <= > >= and ^= (begins with) is wanted here\n  n = 3\n    ^");
	assert_refused("n == x", "a number, a duration, a \"string\", true, false or nil is wanted "
				 "here\n  n == x\n       ^");
	assert_refused("n == 3 4", "the condition ends before this\n  n == 3 4\n         ^");
	assert_refused("s == \"abc", "'\"' is wanted here\n  s == \"abc\n           ^");
	assert_refused("s == \"\\q\"", "an escape is one of \\n \\r \\t \\0 \\\\ \\\" and \\xNN\n"
				       "  s == \"\\q\"\n        ^");
	assert_refused("n == 3x", "this is no number, nor a duration such as 10ms\n"
				  "  n == 3x\n       ^");
	assert_refused("n == -", "this is no number, nor a duration such as 10ms\n"
				 "  n == -\n       ^");
}
