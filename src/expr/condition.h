/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_EXPR_CONDITION_H
#define GOTRACED_EXPR_CONDITION_H

#include "expr/expression.h"

/*
 * Which calls are meant: an expression, an operator and what its value is compared with.
 *
 *	n > 100   p.X != -1   d >= 10ms   ok == true
 *	name == "alice"   path ^= "/api/"	(begins with)
 *	err != nil
 */
enum condition_operator {
	CONDITION_EQUAL,
	CONDITION_UNEQUAL,
	CONDITION_LESS,
	CONDITION_AT_MOST,
	CONDITION_GREATER,
	CONDITION_AT_LEAST,
	CONDITION_BEGINS_WITH,
	N_CONDITION_OPERATORS,
};

enum condition_literal {
	LITERAL_NUMBER,
	LITERAL_REAL,
	LITERAL_DURATION,
	LITERAL_BOOL,
	LITERAL_STRING,
	LITERAL_NIL,
};

struct condition {
	struct expression expression; /* whose text is that of the whole condition */
	enum condition_operator operator;
	size_t operator_at, literal_at; /* in the text */
	enum condition_literal literal;
	bool is_negative; /* a number */
	uint64_t number; /* its magnitude; of a bool 0 or 1; of a duration, in ns */
	double real; /* of LITERAL_REAL */
	char *string; /* owned; it may hold zeros, and ends with one more */
	size_t n_string_bytes;
};

/* As expression_parse. */
int condition_parse(const char *text, struct condition *ret, struct reason *why);
void condition_fini(struct condition *condition);

/* "==", "^=" and so on. */
const char *condition_operator_name(enum condition_operator operator);

#endif
