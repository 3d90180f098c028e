/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expr/expression.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static struct expression expression;
static struct reason why;

static void parse(const char *text)
{
	expression_fini(&expression);
	cr_assert_eq(expression_parse(text, &expression, &why), 0, "%s: %s", text, why.text);
}

static void assert_refused(const char *text, const char *said)
{
	cr_assert_eq(expression_parse(text, &expression, &why), -EINVAL, "%s", text);
	cr_assert_str_eq(why.text, said);
}

Test(expression, is_the_name_of_a_parameter)
{
	parse("  n_1 ");
	cr_assert_eq(expression.root, EXPRESSION_NAME);
	cr_assert_str_eq(expression.name, "n_1");
	cr_assert_str_eq(expression.text, "n_1");
	cr_assert_eq(expression.n_steps, 0);
}

Test(expression, takes_names_of_any_letters_and_those_of_results_without_one)
{
	parse("größe");
	cr_assert_str_eq(expression.name, "größe");
	parse("~r0");
	cr_assert_str_eq(expression.name, "~r0");
}

Test(expression, follows_fields_and_elements)
{
	parse("r.URL.parts[12].X");
	cr_assert_str_eq(expression.name, "r");
	cr_assert_eq(expression.n_steps, 4);
	cr_assert_str_eq(expression.steps[0].field, "URL");
	cr_assert_str_eq(expression.steps[1].field, "parts");
	cr_assert_eq(expression.steps[2].kind, STEP_INDEX);
	cr_assert_eq(expression.steps[2].index, 12);
	cr_assert_str_eq(expression.steps[3].field, "X");
}

Test(expression, has_stars_that_bind_less_than_fields)
{
	parse("*p.next");
	cr_assert_eq(expression.n_steps, 2);
	cr_assert_str_eq(expression.steps[0].field, "next");
	cr_assert_eq(expression.steps[1].kind, STEP_TARGET);
	parse("(*p).next");
	cr_assert_eq(expression.steps[0].kind, STEP_TARGET);
	cr_assert_str_eq(expression.steps[1].field, "next");
	parse("**p");
	cr_assert_eq(expression.n_steps, 2);
}

Test(expression, tells_lengths)
{
	parse("len( p.names )");
	cr_assert_eq(expression.n_steps, 2);
	cr_assert_eq(expression.steps[1].kind, STEP_LENGTH);
	parse("length");
	cr_assert_str_eq(expression.name, "length");
}

Test(expression, names_registers_and_words_of_the_stack)
{
	parse("rbx+rcx:string");
	cr_assert_eq(expression.root, EXPRESSION_PLACES);
	cr_assert_eq(expression.n_places, 2);
	cr_assert_eq(expression.places[0].number, 3);
	cr_assert_eq(expression.places[1].number, 2);
	cr_assert_str_eq(expression.type, "string");
	cr_assert_not(expression.is_at_return);
	parse("stack+0x10:[]int");
	cr_assert_eq(expression.places[0].kind, PLACE_STACK);
	cr_assert_eq(expression.places[0].off, 16);
	parse("ret.r8:uint8");
	cr_assert(expression.is_at_return);
	cr_assert_eq(expression.places[0].number, 8);
}

Test(expression, shows_where_it_is_wrong)
{
	assert_refused("p..X", "the name of a field is wanted here\n  p..X\n    ^");
	assert_refused("größe[x]",
		       "the number of an element is wanted here\n  größe[x]\n        ^");
	assert_refused("xs[1", "']' is wanted here\n  xs[1\n      ^");
	assert_refused("len(x", "')' is wanted here\n  len(x\n       ^");
	assert_refused("a b", "the expression ends before this\n  a b\n    ^");
	assert_refused("", "the name of a parameter or result is wanted here\n  \n  ^");
	assert_refused("eax:int", "a register (rax, rbx, …, r15) or stack+BYTES is wanted here\n"
				  "  eax:int\n  ^");
	assert_refused("rax:", "a type is wanted here, such as int or string\n  rax:\n      ^");
}

Test(expression, has_bounds)
{
	char text[1100] = "a";

	for (int i = 0; i < 20; i++)
		strcat(text, ".b");
	cr_assert_eq(expression_parse(text, &expression, &why), -EINVAL);
	cr_assert(strstr(why.text, "more than 16 steps"));
	cr_assert_eq(expression_parse("((((((((((a))))))))))", &expression, &why), -EINVAL);
	memset(text, 'a', sizeof(text) - 1);
	cr_assert_eq(expression_parse(text, &expression, &why), -EINVAL);
	cr_assert_eq(expression_parse("a[99999999999999999999]", &expression, &why), -EINVAL);
}
