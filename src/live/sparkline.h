/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_LIVE_SPARKLINE_H
#define GOTRACED_LIVE_SPARKLINE_H

#include "live/line.h"
#include "live/take.h"

/*
 * A histogram in one line: each column stands for durations up to a factor longer than the one
 * before, and is as high as their share. The scale is one for all functions, from one power of two
 * to another, so that lines below each other compare.
 */
struct scale {
	uint32_t low, high; /* the ends, as powers of two, in ns */
};

enum { SPARKLINE_MAX_COLUMNS = 32 };

/* The scale that holds all durations of the take; one is given also where there are none. */
struct scale scale_of(const struct take *take, enum stats_span span);

/* At most SPARKLINE_MAX_COLUMNS wide. */
void sparkline_print(struct line *line, const struct histogram *durations,
		     const struct scale *scale, int n_columns);

/* Both ends, each above its end of the line. */
void scale_print(struct line *line, const struct scale *scale, int n_columns);

#endif
