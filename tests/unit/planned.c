/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "planned.h"

#include <criterion/criterion.h>

struct go_image image;
struct plan plan;
static struct go_binary *binary;
static struct match match;

void planned_init(void)
{
	go_image_init(&image, 22);
}

void planned_fini(void)
{
	plan_fini(&plan);
	match_fini(&match);
	go_binary_close(binary);
	go_image_fini(&image);
}

const struct plan_function *plan_only(const char *pattern)
{
	struct reason why;
	size_t n;

	binary = go_image_open(&image);
	cr_assert_eq(match_init(&match, binary, &why), 0);
	cr_assert_eq(match_add(&match, binary, pattern, &n, &why), 0);
	cr_assert_eq(plan_init(&plan, binary, &match, &why), 0, "%s", why.text);
	cr_assert_eq(plan.n_functions, n);
	return &plan.functions[0];
}
