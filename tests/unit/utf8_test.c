/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/utf8.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(utf8, is_valid)
{
	static const char *const valid[] = { "",
					     "main.main",
					     "é",
					     "\xe2\x82\xac",
					     "\xed\x9f\xbf",
					     "\xee\x80\x80",
					     "\xf0\x90\x80\x80",
					     "\xf4\x8f\xbf\xbf",
					     "世界" };

	for (size_t i = 0; i < sizeof(valid) / sizeof(valid[0]); i++)
		cr_assert(utf8_is_valid(valid[i]), "%zu", i);
}

Test(utf8, is_not_valid)
{
	static const char *const invalid[] = {
		"\x80",
		"\xc3",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80",
		"\xff",
		"\xe2\x82",
		"a\xe2\x82z",
		"\xe2\x28\xa1",
	};

	for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++)
		cr_assert_not(utf8_is_valid(invalid[i]), "%zu", i);
}

Test(utf8, is_mended_only_where_it_must_be)
{
	char *same = utf8_mended("main.é"), *mended = utf8_mended("main.\xff\xc3\xa9");

	cr_assert_str_eq(same, "main.é");
	cr_assert_str_eq(mended, "main.?\?\?");
	free(same);
	free(mended);
}
