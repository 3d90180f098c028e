/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_LIVE_VIEW_H
#define GOTRACED_LIVE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/stats.h"

/* The columns of the table, in their order. */
enum column {
	COLUMN_FUNCTION,
	COLUMN_PROGRAM,
	COLUMN_CALLS,
	COLUMN_RATE,
	COLUMN_P50,
	COLUMN_P90,
	COLUMN_P99,
	COLUMN_MAX,
	COLUMN_TOTAL,
	COLUMN_IN_FLIGHT,
	COLUMN_UNWOUND,
	COLUMN_SPARKLINE,
	N_COLUMNS,
};

enum view_page {
	PAGE_TABLE,
	PAGE_FUNCTION, /* all on the selected one */
	PAGE_KEYS,
};

/* What is looked at, and how: changed by keys, and fitted to what there is when it is drawn. */
struct view {
	enum view_page page;
	enum stats_span span;
	enum column sort; /* neither program nor sparkline */
	bool is_reversed; /* smallest figures first, or names from the end */
	bool is_paused;
	size_t first; /* row of the table that is at the top */
	size_t selected; /* row of the table */
	bool is_following; /* the selected row is where the function is, wherever it is sorted to */
	uint32_t followed; /* that function, by its index */
	bool has_moved; /* the selection, so that another function is to be followed */
	size_t first_line; /* of the other pages, at the top */
	size_t n_page_rows; /* that fitted when it was last drawn */
};

enum view_effect {
	VIEW_UNCHANGED,
	VIEW_CHANGED, /* it is to be drawn again */
	VIEW_RESUMED, /* so, and with new figures */
	VIEW_QUIT,
};

/* The table by total time, of the last interval. */
void view_init(struct view *view);

/* key as in enum key. */
enum view_effect view_on_key(struct view *view, int key);

/*
 * Has the selection be where the function that it follows is, or be that function that is there
 * now, and scrolls to it. order: the functions' indexes as they are sorted.
 */
void view_settle(struct view *view, const uint32_t *order, size_t n_rows, size_t n_page_rows);

#endif
