/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/line_limit.h"

#include <criterion/criterion.h>

static const uint64_t SECOND_NS = 1000000000;

Test(line_limit, allows_so_many_lines_a_second)
{
	struct line_limit limit = { .max_lines = 3 };

	cr_expect(line_limit_allows(&limit, 1, 5 * SECOND_NS));
	cr_expect(line_limit_allows(&limit, 2, 5 * SECOND_NS + 1));
	cr_expect_not(line_limit_allows(&limit, 1, 6 * SECOND_NS - 1));
	cr_expect(line_limit_allows(&limit, 1, 6 * SECOND_NS));
	cr_expect_not(line_limit_allows(&limit, 3, 6 * SECOND_NS));
	cr_expect(line_limit_allows(&limit, 2, 6 * SECOND_NS));
}

Test(line_limit, does_not_cut_the_first)
{
	struct line_limit limit = { .max_lines = 3 };

	cr_expect(line_limit_allows(&limit, 100, 5 * SECOND_NS));
	cr_expect_not(line_limit_allows(&limit, 1, 5 * SECOND_NS + 1));
	cr_expect(line_limit_allows(&limit, 100, 6 * SECOND_NS));
}

Test(line_limit, what_ended_before_begins_no_second)
{
	struct line_limit limit = { .max_lines = 1 };

	cr_expect(line_limit_allows(&limit, 1, 5 * SECOND_NS));
	cr_expect_not(line_limit_allows(&limit, 1, 2 * SECOND_NS));
	cr_expect_not(line_limit_allows(&limit, 1, 5 * SECOND_NS + 2));
}
