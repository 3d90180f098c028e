/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_LIVE_ORDER_H
#define GOTRACED_LIVE_ORDER_H

#include "live/take.h"
#include "live/view.h"

/*
 * The rows of a take as a view sorts them: figures with the largest first, names from A on, and
 * what is equal as in the take. Functions in which nothing happened since the start come last,
 * whichever way it is sorted.
 */
struct order {
	uint32_t *rows; /* of the take; owned */
	uint32_t *indexes; /* of the functions, for view_settle; owned */
	size_t n;
};

/* 0 or -ENOMEM. */
int order_init(struct order *order, const struct take *take, const struct view *view);
void order_fini(struct order *order);

/* A quantile that a column shows, by its share. */
double column_share(enum column column);

#endif
