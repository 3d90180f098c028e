/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live/view.h"

#include <criterion/criterion.h>

#include "live/key.h"

enum { N_ROWS = 50, N_PAGE = 10 };

static struct view view;
static uint32_t order[N_ROWS];

static void settle(void)
{
	view_settle(&view, order, N_ROWS, N_PAGE);
}

static void press(int key)
{
	cr_assert_eq(view_on_key(&view, key), VIEW_CHANGED);
	settle();
}

static void init(void)
{
	for (uint32_t i = 0; i < N_ROWS; i++)
		order[i] = i;
	view_init(&view);
	settle();
}

TestSuite(view, .init = init);

Test(view, begins_with_the_time_spent_in_the_last_interval)
{
	cr_assert_eq(view.page, PAGE_TABLE);
	cr_assert_eq(view.sort, COLUMN_TOTAL);
	cr_assert_eq(view.span, STATS_INTERVAL);
	cr_assert_not(view.is_reversed);
}

Test(view, goes_through_the_columns_and_round_the_end)
{
	press(KEY_RIGHT);
	cr_assert_eq(view.sort, COLUMN_IN_FLIGHT);
	press('>');
	cr_assert_eq(view.sort, COLUMN_UNWOUND);
	press(KEY_RIGHT);
	cr_assert_eq(view.sort, COLUMN_FUNCTION);
	press(KEY_RIGHT);
	cr_assert_eq(view.sort, COLUMN_CALLS);
	press(KEY_LEFT);
	press('<');
	cr_assert_eq(view.sort, COLUMN_UNWOUND);
}

Test(view, is_reversed_until_another_column_is_chosen)
{
	press('r');
	cr_assert(view.is_reversed);
	press(KEY_LEFT);
	cr_assert_not(view.is_reversed);
}

Test(view, scrolls_when_the_selection_leaves_the_page)
{
	for (int i = 0; i < N_PAGE - 1; i++)
		press(KEY_DOWN);
	cr_assert_eq(view.first, 0);
	press('j');
	cr_assert_eq(view.selected, N_PAGE);
	cr_assert_eq(view.first, 1);
	press(KEY_PAGE_DOWN);
	cr_assert_eq(view.selected, 2 * N_PAGE);
	press(KEY_END);
	cr_assert_eq(view.selected, N_ROWS - 1);
	cr_assert_eq(view.first, N_ROWS - N_PAGE);
	press(KEY_DOWN);
	cr_assert_eq(view.selected, N_ROWS - 1);
	press(KEY_PAGE_UP);
	press(KEY_HOME);
	cr_assert_eq(view.selected, 0);
	cr_assert_eq(view.first, 0);
	press(KEY_UP);
	cr_assert_eq(view.selected, 0);
}

Test(view, stays_with_a_function_that_was_selected)
{
	press(KEY_DOWN);
	order[1] = 30;
	order[30] = 1;
	settle();
	cr_assert_eq(view.selected, 30);
	cr_assert_eq(view.first, 30 - N_PAGE + 1);
}

Test(view, stays_at_the_top_as_long_as_none_was)
{
	order[0] = 30;
	order[30] = 0;
	settle();
	cr_assert_eq(view.selected, 0);
	press(KEY_DOWN);
	press(KEY_HOME);
	order[0] = 20;
	order[20] = 30;
	settle();
	cr_assert_eq(view.selected, 0);
}

Test(view, stays_with_the_function_whose_page_is_open)
{
	press(KEY_ENTER);
	cr_assert_eq(view.page, PAGE_FUNCTION);
	order[0] = 30;
	order[30] = 0;
	settle();
	cr_assert_eq(view.selected, 30);
	press(KEY_ESCAPE);
	cr_assert_eq(view.page, PAGE_TABLE);
	press(' ');
	press(KEY_ENTER);
	cr_assert_eq(view.page, PAGE_TABLE);
}

Test(view, of_a_function_scrolls_its_lines_and_not_the_table)
{
	press(KEY_DOWN);
	press(KEY_ENTER);
	press(KEY_DOWN);
	press(KEY_PAGE_DOWN);
	cr_assert_eq(view.selected, 1);
	cr_assert_eq(view.first_line, 1 + N_PAGE);
	press(KEY_HOME);
	cr_assert_eq(view.first_line, 0);
}

Test(view, shows_the_keys_and_goes_back)
{
	press('?');
	cr_assert_eq(view.page, PAGE_KEYS);
	press('h');
	cr_assert_eq(view.page, PAGE_TABLE);
}

Test(view, changes_between_the_last_interval_and_all)
{
	press('t');
	cr_assert_eq(view.span, STATS_TOTAL);
	press('t');
	cr_assert_eq(view.span, STATS_INTERVAL);
}

Test(view, pauses_and_wants_new_figures_afterwards)
{
	cr_assert_eq(view_on_key(&view, 'p'), VIEW_CHANGED);
	cr_assert(view.is_paused);
	cr_assert_eq(view_on_key(&view, 'p'), VIEW_RESUMED);
	cr_assert_not(view.is_paused);
}

Test(view, is_left_by_q_alone)
{
	cr_assert_eq(view_on_key(&view, 'q'), VIEW_QUIT);
	cr_assert_eq(view_on_key(&view, KEY_ESCAPE), VIEW_UNCHANGED);
	cr_assert_eq(view_on_key(&view, 'x'), VIEW_UNCHANGED);
	cr_assert_eq(view_on_key(&view, KEY_OTHER), VIEW_UNCHANGED);
}

Test(view, settles_on_fewer_rows_and_on_none)
{
	press(KEY_END);
	view.is_following = false;
	view_settle(&view, order, 3, N_PAGE);
	cr_assert_eq(view.selected, 2);
	cr_assert_eq(view.first, 0);
	view_settle(&view, order, 0, 0);
	cr_assert_eq(view.selected, 0);
	cr_assert_eq(view.first, 0);
}
