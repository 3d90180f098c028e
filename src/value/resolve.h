/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_RESOLVE_H
#define GOTRACED_VALUE_RESOLVE_H

#include "value/callee.h"
#include "value/steps.h"

/* What an expression means. */
struct resolved {
	struct location location;
	uint32_t type; /* in the signatures' types */
	bool is_constant; /* a length that the type alone tells */
	uint64_t constant;
};

/* Is the value there as the function returns, and not as it begins? -EINVAL when there is none. */
int resolve_is_at_return(const struct callee *callee, const struct expression *expression,
			 bool *ret, struct reason *why);

/*
 * Finds out what the expression means, with steps for the addresses on the way. -EINVAL with a reason that
 * shows where it means nothing; -ENOSPC.
 */
int resolve(const struct callee *callee, const struct expression *expression, struct steps *steps,
	    struct resolved *ret, struct reason *why);

/*
 * Makes a reason, and -EINVAL, of what location_take could not have: of -EDOM and -ENODATA. at is the place
 * in the expression's text; other errors are returned as they are.
 */
int resolve_explain(int err, const struct location *location, uint64_t n_bytes,
		    const struct expression *expression, size_t at, struct reason *why);

#endif
