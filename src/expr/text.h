/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_EXPR_TEXT_H
#define GOTRACED_EXPR_TEXT_H

#include "expr/expression.h"

/* A text that is being read, for the parsers of expressions and conditions. */
struct text {
	const char *start;
	size_t at; /* of what comes next */
};

enum { TEXT_MAX_BYTES = 512 };

char text_peek(const struct text *text);
void text_skip_blanks(struct text *text);

/* Takes these characters if they come next. */
bool text_take(struct text *text, const char *what);

/* How many bytes of a name come next, as Go's are: letters, digits and "_", and "~", "." as compilers put
 * in front. */
size_t text_name_bytes(const struct text *text);

/* A whole number, decimal or after 0x; false when none comes next, or it is too large. */
bool text_take_number(struct text *text, uint64_t *ret);

/* An expression from here on, up to where it ends. As expression_parse, but for *ret->text. */
int text_take_expression(struct text *text, struct expression *ret, struct reason *why);

#endif
