/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_LIVE_SCREEN_H
#define GOTRACED_LIVE_SCREEN_H

#include "live/take.h"
#include "live/view.h"

/* What a frame shows, and where it is to fit in. */
struct screen {
	const struct take *take;
	size_t n_processes; /* that run the programs now */
	const char *const *messages; /* the latest last */
	size_t n_messages;
	int n_columns, n_lines;
	bool is_utf8;
	bool is_plain; /* no styles */
};

/*
 * Writes a frame: all lines of the window from its top left on, each cleared to its end, the last
 * one without an end of line. The view is settled to what there is. 0 or -ENOMEM.
 */
int screen_draw(const struct screen *screen, struct view *view, FILE *to);

#endif
