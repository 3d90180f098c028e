/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_RESOLVE_H
#define GOTRACED_VALUE_RESOLVE_H

#include "expr/expression.h"
#include "go/signature.h"
#include "value/steps.h"

/* A function, as far as expressions can name its values. */
struct callee {
	const char *name; /* for people */
	const struct go_signatures *signatures; /* with the basic types */
	const struct go_signature *signature; /* NULL: DWARF knows nothing of it */
	const struct abi_value *places; /* of its variables */
};

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

/* What people call a variable: results without a name are "ret0" and so on. */
struct variable_name {
	char text[128];
};
const char *variable_name(struct variable_name *buffer, const struct callee *callee, uint32_t i);

/* Is it a parameter that nobody can name, such as "_"? */
bool variable_is_hidden(const struct go_variable *variable);

#endif
