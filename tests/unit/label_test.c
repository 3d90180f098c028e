/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/label.h"

#include <criterion/criterion.h>
#include <errno.h>

static struct options_label label;
static struct reason why;

static void assert_is(const char *text, const char *name, const char *value)
{
	cr_assert_eq(label_parse(text, &label, &why), 0, "%s: %s", text, why.text);
	cr_assert_str_eq(label.name, name);
	cr_assert_str_eq(label.value, value);
	label_fini(&label);
}

Test(label, is_a_name_and_a_value)
{
	assert_is("team=platform", "team", "platform");
	assert_is("_a1 = eu west = 2", "_a1", "eu west = 2");
	assert_is("empty=", "empty", "");
	assert_is("place=Zürich 東京", "place", "Zürich 東京");
}

Test(label, has_a_name_that_metrics_may_have)
{
	static const char *const wrong[] = { "",	 "=x",	  "team", "te-am=x", "1a=x",
					     "__a=x",	 "a b=x", "té=x", "le=x",    "function=x",
					     "target=x", "job=x", "by=x" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert_eq(label_parse(wrong[i], &label, &why), -EINVAL, "%s", wrong[i]);
}

Test(label, has_a_value_that_is_text)
{
	static const char *const wrong[] = { "a=\n",	   "a=\x7f",	 "a=\xff",
					     "a=\xc0\x80", "a=\xe2\x82", "a=\xf8\x88\x80\x80\x80" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert_eq(label_parse(wrong[i], &label, &why), -EINVAL, "%zu", i);
}
