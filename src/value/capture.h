/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_CAPTURE_H
#define GOTRACED_VALUE_CAPTURE_H

#include "expr/condition.h"
#include "value/resolve.h"
#include "value/shape.h"

/* What is wanted of calls. Strings and arrays are the caller's. */
struct capture_wish {
	bool is_all; /* parameters and results, as far as they can be had */
	const struct expression *shown; /* beside or instead of these */
	size_t n_shown;
	const struct condition *conditions; /* calls that do not meet them are left out */
	size_t n_conditions;
	const struct expression *by; /* NULL: none */
	bool has_stack; /* it is taken with them */
	const char
		*types; /* a program whose DWARF stands in for one that is not there; NULL: none */
	uint32_t max_bytes; /* of a capture; FETCH_MAX_BYTES at most */
};

enum capture_role {
	CAPTURE_PARAMETER,
	CAPTURE_RESULT,
	CAPTURE_SHOWN,
	CAPTURE_BY,
};

struct captured {
	enum capture_role role;
	char *label; /* owned */
	size_t order; /* among those that are shown */
	bool is_at_return;
	uint32_t shape; /* SHAPE_NONE: there was no room for it */
	bool is_constant;
	uint64_t constant;
};

/*
 * What is taken of a function's calls: the program by which it is, and where in the captures each value
 * lies. All zero is none.
 */
struct capture {
	struct fetch_program program;
	struct shapes shapes;
	struct captured *values; /* as they are shown; owned */
	size_t n_values;
};

/*
 * Compiles a wish for a function. -EINVAL with a reason when an expression means nothing in it, a
 * condition compares what cannot be compared, or something cannot be had; -E2BIG when that is too much.
 */
int capture_init(struct capture *capture, const struct callee *callee,
		 const struct capture_wish *wish, struct reason *why);
void capture_fini(struct capture *capture);

#endif
