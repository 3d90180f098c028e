/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reason.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

Test(reason, is_text_and_hands_the_error_on)
{
	struct reason why;

	cr_assert_eq(reason_set(&why, -ENOENT, "%s: no line %d", "a.out", 7), -ENOENT);
	cr_assert_str_eq(why.text, "a.out: no line 7");
}

Test(reason, that_is_too_long_is_cut)
{
	char path[2 * sizeof(struct reason)];
	struct reason why;

	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = 0;
	cr_assert_eq(reason_set(&why, -EINVAL, "%s", path), -EINVAL);
	cr_assert_eq(strlen(why.text), sizeof(why.text) - 1);
}
