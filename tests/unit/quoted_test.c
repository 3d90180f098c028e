/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emit/quoted.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void assert_clean(const char *text, const char *expected)
{
	char clean[QUOTED_MAX_BYTES];

	quoted_clean(text, clean);
	cr_assert_str_eq(clean, expected);
}

Test(quoted, names_stay_as_they_are)
{
	static const char *const names[] = {
		"",	  "main.(*list[go.shape.int]).push", "main.größe",    "main.(*Ψ).π",
		"世界.𝒳", "main./* \" ' ` %s $1 \\ */",	     "main.\xc2\xa0", "main.\xe2\x81\xb0",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_clean(names[i], names[i]);
}

Test(quoted, what_ends_lines_or_moves_the_cursor_is_not_shown)
{
	assert_clean("main.\nf\r\t\v\x1b[2J\x7f", "main.?f????[2J?");
	assert_clean("\xc2\x80\xc2\x85\xc2\x9f", "??????");
}

Test(quoted, what_turns_the_text_about_is_not_shown)
{
	/* U+2000, U+200B, U+2028, U+202E, U+2066, U+206F, U+FEFF */
	assert_clean("a\xe2\x80\x80\xe2\x80\x8b\xe2\x80\xa8\xe2\x80\xae\xe2\x81\xa6\xe2\x81\xaf",
		     "a??????????????????");
	assert_clean("\xef\xbb\xbfz", "???z");
}

Test(quoted, what_is_no_utf8_is_not_shown)
{
	assert_clean("main.\xff\xc3", "main.??");
	assert_clean("main.é\xc0\xaf", "main.????");
}

Test(quoted, long_texts_are_cut_between_characters)
{
	char text[2 * QUOTED_MAX_BYTES], clean[QUOTED_MAX_BYTES];

	for (size_t i = 0; i + 3 < sizeof(text); i += 3)
		memcpy(text + i, "世", 4);
	quoted_clean(text, clean);
	cr_assert_eq(strlen(clean), QUOTED_MAX_BYTES / 3 * 3);
	cr_assert_eq(strncmp(text, clean, strlen(clean)), 0);
}

Test(quoted, a_literal_has_backslashes_before_quotes_and_backslashes)
{
	char *text;
	size_t n_bytes;
	FILE *to = open_memstream(&text, &n_bytes);

	quoted_print_literal(to, "a\"b\\c'd%");
	fclose(to);
	cr_assert_str_eq(text, "\"a\\\"b\\\\c'd%\"");
	free(text);
}
