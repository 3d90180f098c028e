/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_EXPR_EXPRESSION_H
#define GOTRACED_EXPR_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reason.h"

/*
 * How a user names a value of a call, much as in Go:
 *
 *	n			a parameter, or a result by its name
 *	ret0			the first result
 *	p.X  r.URL.Path		fields, through pointers as well
 *	xs[0]  *q		an element; what a pointer points to
 *	len(xs)			of a string, slice, array, map or chan
 *
 * and where nothing is known of parameters, by registers and words of the stack, and a type:
 *
 *	rax:int			as the function begins
 *	rbx+rcx:string		a value that takes several
 *	stack+8:int		at so many bytes from SP, where the return address is
 *	ret.rax+rbx:error	as the function returns
 */
enum expression_root {
	EXPRESSION_NAME,
	EXPRESSION_PLACES,
};

enum expression_step_kind {
	STEP_FIELD,
	STEP_INDEX,
	STEP_TARGET, /* of a pointer */
	STEP_LENGTH, /* always the last */
};

struct expression_step {
	enum expression_step_kind kind;
	char *field; /* owned; else NULL */
	uint64_t index;
	size_t at; /* where in the text, for complaints */
};

enum expression_place_kind {
	PLACE_REGISTER,
	PLACE_STACK,
};

struct expression_place {
	enum expression_place_kind kind;
	uint8_t number; /* of a register as DWARF numbers it */
	uint32_t off; /* from SP */
};

enum { EXPRESSION_MAX_PLACES = 4 };

/* All that it points to is its own. */
struct expression {
	char *text; /* as it was given, without the blanks around it */
	enum expression_root root;
	char *name; /* of a parameter or result */
	struct expression_place places[EXPRESSION_MAX_PLACES];
	size_t n_places;
	char *type; /* of what is at these places */
	size_t type_at; /* in the text */
	bool is_at_return; /* and it is there as the function returns */
	struct expression_step *steps;
	size_t n_steps;
};

/*
 * Parses a whole text. -EINVAL, with a reason that shows where in it; -ENOMEM. *ret is untouched after
 * a failure, else for expression_fini.
 */
int expression_parse(const char *text, struct expression *ret, struct reason *why);
void expression_fini(struct expression *expression);

/* The place in a text at which something is wrong, for people: the text, and a caret below it. */
int expression_complain(const char *text, size_t at, struct reason *why, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
