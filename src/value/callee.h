/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_CALLEE_H
#define GOTRACED_VALUE_CALLEE_H

#include "expr/expression.h"
#include "go/signature.h"
#include "value/abi.h"

/* A function, as far as expressions can name its values. */
struct callee {
	const char *name; /* for people */
	const struct go_signatures *signatures; /* with the basic types */
	const struct go_signature *signature; /* NULL: DWARF knows nothing of it */
	const struct abi_value *places; /* of its variables */
};

/* Its i-th parameter or result, in the order of its signature. */
const struct go_variable *callee_variable(const struct callee *callee, uint32_t i);

/* What people call a variable: results without a name are "ret0" and so on. */
struct variable_name {
	char text[128];
};
const char *variable_name(struct variable_name *buffer, const struct callee *callee, uint32_t i);

/* Is it a parameter that nobody can name, such as "_"? */
bool variable_is_hidden(const struct go_variable *variable);

/*
 * Finds the variable that an expression names, err being also an error that comes last and has no name.
 * -EINVAL with a reason that lists those that there are.
 */
int callee_find(const struct callee *callee, const struct expression *expression, uint32_t *ret,
		struct reason *why);

#endif
