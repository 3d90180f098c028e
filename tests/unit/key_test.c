/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live/key.h"

#include <criterion/criterion.h>
#include <string.h>

static struct key_input input;

static void type(const char *bytes)
{
	size_t n_room;
	char *room = key_room(&input, &n_room);

	cr_assert_leq(strlen(bytes), n_room);
	memcpy(room, bytes, strlen(bytes));
	key_added(&input, strlen(bytes));
}

static void assert_is(const char *bytes, int key)
{
	type(bytes);
	cr_assert_eq(key_next(&input, false), key, "'%s'", bytes + (*bytes == '\033'));
	cr_assert_eq(key_next(&input, true), KEY_NONE, "more than one key");
}

Test(key, that_prints_is_its_character)
{
	assert_is("q", 'q');
	assert_is(" ", ' ');
	assert_is("?", '?');
	assert_is("\r", KEY_ENTER);
}

Test(key, is_known_by_the_sequences_of_all_usual_terminals)
{
	assert_is("\033[A", KEY_UP);
	assert_is("\033OB", KEY_DOWN);
	assert_is("\033[C", KEY_RIGHT);
	assert_is("\033[D", KEY_LEFT);
	assert_is("\033[5~", KEY_PAGE_UP);
	assert_is("\033[6~", KEY_PAGE_DOWN);
	assert_is("\033[H", KEY_HOME);
	assert_is("\033[1~", KEY_HOME);
	assert_is("\033OF", KEY_END);
	assert_is("\033[1;5A", KEY_UP);
}

Test(key, that_means_nothing_here_is_swallowed_whole)
{
	assert_is("\033[200~", KEY_OTHER);
	assert_is("\033[15~", KEY_OTHER);
	assert_is("\033[<0;35;12M", KEY_OTHER);
	assert_is("\033[~", KEY_OTHER);
	assert_is("\t", KEY_OTHER);
}

Test(key, may_come_in_parts)
{
	type("\033");
	cr_assert_eq(key_next(&input, false), KEY_NONE);
	type("[");
	cr_assert_eq(key_next(&input, false), KEY_NONE);
	type("5");
	cr_assert_eq(key_next(&input, false), KEY_NONE);
	assert_is("~", KEY_PAGE_UP);
}

Test(key, is_escape_when_nothing_follows_or_nothing_that_belongs_to_it)
{
	type("\033");
	cr_assert_eq(key_next(&input, true), KEY_ESCAPE);
	type("\033\033[A");
	cr_assert_eq(key_next(&input, false), KEY_ESCAPE);
	cr_assert_eq(key_next(&input, false), KEY_UP);
	type("\033q");
	cr_assert_eq(key_next(&input, false), KEY_ESCAPE);
	cr_assert_eq(key_next(&input, false), 'q');
}

Test(key, comes_after_key)
{
	type("jj\033[Bq");
	cr_assert_eq(key_next(&input, false), 'j');
	cr_assert_eq(key_next(&input, false), 'j');
	cr_assert_eq(key_next(&input, false), KEY_DOWN);
	cr_assert_eq(key_next(&input, false), 'q');
	cr_assert_eq(key_next(&input, false), KEY_NONE);
}

Test(key, input_never_gets_stuck_on_what_no_key_sends)
{
	char endless[sizeof(input.bytes)];
	size_t n_room;

	memset(endless, '1', sizeof(endless));
	memcpy(endless, "\033[", 2);
	endless[sizeof(endless) - 1] = '\0';
	type(endless);
	while (key_next(&input, false))
		;
	key_room(&input, &n_room);
	cr_assert_gt(n_room, 0);
}
