/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/kernel.h"

#include <criterion/criterion.h>

Test(kernel, is_at_least_its_own_version)
{
	const struct kernel kernel = { .major = 6, .minor = 6 };

	cr_assert(kernel_is_at_least(&kernel, 6, 6));
	cr_assert(kernel_is_at_least(&kernel, 6, 5));
	cr_assert_not(kernel_is_at_least(&kernel, 6, 7));
}

Test(kernel, is_compared_by_major_version_first)
{
	const struct kernel kernel = { .major = 6, .minor = 1 };

	cr_assert(kernel_is_at_least(&kernel, 5, 15));
	cr_assert_not(kernel_is_at_least(&kernel, 7, 0));
}

Test(kernel, versions_are_numbers_and_not_text)
{
	const struct kernel kernel = { .major = 6, .minor = 12 };

	cr_assert(kernel_is_at_least(&kernel, 6, 6));
	cr_assert_not(kernel_is_at_least(&kernel, 10, 0));
}
