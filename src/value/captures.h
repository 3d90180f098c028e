/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_CAPTURES_H
#define GOTRACED_VALUE_CAPTURES_H

#include "plan/plan.h"
#include "value/capture.h"

/* What is taken of the calls of a plan's functions. All zero: nothing. */
struct captures {
	struct go_signatures signatures; /* with the basic types */
	struct capture *of; /* by plan_function.index; owned */
	const struct fetch_program **programs; /* likewise, for the kernel; owned */
	size_t n;
};

/*
 * Finds out what the wish means in each traced function. What is shown may be a value that some of them
 * do not have; what calls are chosen by, or told apart by, must be one of all. -EINVAL with the reason
 * where an expression means nothing.
 */
int captures_init(struct captures *captures, const struct plan *plan,
		  const struct capture_wish *wish, struct reason *why);
void captures_fini(struct captures *captures);

/* Does the wish take anything of a call? NULL is to take nothing. */
bool captures_are_wanted(const struct capture_wish *wish);

/* How much of a capture the largest of them takes, in bytes. */
uint32_t captures_n_bytes(const struct captures *captures);

#endif
