/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_LIVE_TABLE_H
#define GOTRACED_LIVE_TABLE_H

#include "live/line.h"
#include "live/order.h"
#include "live/sparkline.h"
#include "live/take.h"
#include "live/view.h"

/*
 * The table of functions. In a narrow window the columns that tell least are left out, but never the
 * one that it is sorted by; then names are cut in front, since the end of a Go name tells most.
 */
struct table {
	const struct take *take;
	const struct view *view;
	struct scale scale;
	int widths[N_COLUMNS]; /* with the blank before each; 0: left out */
};

void table_init(struct table *table, const struct take *take, const struct view *view,
		int n_columns, bool is_utf8);

void table_print_headings(const struct table *table, struct line *line);
void table_print_row(const struct table *table, struct line *line, uint32_t row, bool is_selected);

#endif
