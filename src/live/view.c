/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live/view.h"

#include "live/key.h"

void view_init(struct view *view)
{
	*view = (struct view){
		.span = STATS_INTERVAL,
		.sort = COLUMN_TOTAL,
		.n_page_rows = 1,
	};
}

static bool can_sort_by(enum column column)
{
	return column != COLUMN_PROGRAM && column != COLUMN_SPARKLINE;
}

/* steps: how many columns to go on, round the end. */
static void sort_by_next(struct view *view, int steps)
{
	do
		view->sort = (enum column)((view->sort + steps) % N_COLUMNS);
	while (!can_sort_by(view->sort));
	view->is_reversed = false;
}

/* What is past the end is put right when it is drawn. */
static void move(size_t *at, int by)
{
	*at = by < 0 && *at < (size_t)-by ? 0 : *at + (size_t)by;
}

/* From the top on, the selection stays at the top, whatever is sorted there. */
static void select_top(struct view *view)
{
	view->selected = 0;
	view->is_following = view->has_moved = false;
}

static bool on_motion(struct view *view, int key)
{
	const int page = (int)view->n_page_rows, end = 1 << 30;
	bool is_table = view->page == PAGE_TABLE;
	int by;

	switch (key) {
	case KEY_UP:
	case 'k':
		by = -1;
		break;
	case KEY_DOWN:
	case 'j':
		by = 1;
		break;
	case KEY_PAGE_UP:
		by = -page;
		break;
	case KEY_PAGE_DOWN:
		by = page;
		break;
	case KEY_HOME:
	case 'g':
		by = -end;
		break;
	case KEY_END:
	case 'G':
		by = end;
		break;
	default:
		return false;
	}
	move(is_table ? &view->selected : &view->first_line, by);
	view->has_moved |= is_table;
	if (is_table && by == -end)
		select_top(view);
	return true;
}

static bool on_table_key(struct view *view, int key)
{
	switch (key) {
	case KEY_LEFT:
	case '<':
		sort_by_next(view, N_COLUMNS - 1);
		return true;
	case KEY_RIGHT:
	case '>':
		sort_by_next(view, 1);
		return true;
	case 'r':
		view->is_reversed = !view->is_reversed;
		return true;
	case KEY_ENTER:
	case ' ':
		view->page = PAGE_FUNCTION;
		view->first_line = 0;
		/* It stays with this function, wherever that is sorted to. */
		view->has_moved = true;
		return true;
	default:
		return false;
	}
}

static bool on_other_page_key(struct view *view, int key)
{
	if (key != KEY_ESCAPE && key != KEY_ENTER && key != ' ' && key != KEY_LEFT)
		return false;
	view->page = PAGE_TABLE;
	return true;
}

enum view_effect view_on_key(struct view *view, int key)
{
	bool is_known;

	switch (key) {
	case 'q':
		return VIEW_QUIT;
	case 't':
		view->span = view->span == STATS_INTERVAL ? STATS_TOTAL : STATS_INTERVAL;
		return VIEW_CHANGED;
	case 'p':
		view->is_paused = !view->is_paused;
		return view->is_paused ? VIEW_CHANGED : VIEW_RESUMED;
	case 'h':
	case '?':
		view->page = view->page == PAGE_KEYS ? PAGE_TABLE : PAGE_KEYS;
		view->first_line = 0;
		return VIEW_CHANGED;
	default:
		is_known = on_motion(view, key) ||
			   (view->page == PAGE_TABLE ? on_table_key(view, key)
						     : on_other_page_key(view, key));
		return is_known ? VIEW_CHANGED : VIEW_UNCHANGED;
	}
}

void view_settle(struct view *view, const uint32_t *order, size_t n_rows, size_t n_page_rows)
{
	view->n_page_rows = n_page_rows ? n_page_rows : 1;
	if (view->selected >= n_rows)
		view->selected = n_rows ? n_rows - 1 : 0;
	if (view->has_moved && n_rows) {
		view->is_following = true;
		view->followed = order[view->selected];
		view->has_moved = false;
	}
	for (size_t i = 0; i < n_rows && view->is_following; i++)
		if (order[i] == view->followed)
			view->selected = i;
	if (view->first > view->selected)
		view->first = view->selected;
	if (view->selected - view->first >= view->n_page_rows)
		view->first = view->selected - view->n_page_rows + 1;
	if (view->first + view->n_page_rows > n_rows)
		view->first = n_rows > view->n_page_rows ? n_rows - view->n_page_rows : 0;
}
