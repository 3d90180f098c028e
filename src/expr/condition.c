/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expr/condition.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "expr/duration.h"
#include "expr/text.h"

static int out_of_memory(struct reason *why)
{
	return reason_set(why, -ENOMEM, "out of memory");
}

static const char *const operator_names[N_CONDITION_OPERATORS] = {
	[CONDITION_EQUAL] = "==",	[CONDITION_UNEQUAL] = "!=", [CONDITION_LESS] = "<",
	[CONDITION_AT_MOST] = "<=",	[CONDITION_GREATER] = ">",  [CONDITION_AT_LEAST] = ">=",
	[CONDITION_BEGINS_WITH] = "^=",
};

const char *condition_operator_name(enum condition_operator operator)
{
	return operator_names[operator];
}

static int take_operator(struct text *text, struct condition *into, struct reason *why)
{
	/* Those that another one begins with come later. */
	static const enum condition_operator in_order[] = {
		CONDITION_EQUAL, CONDITION_UNEQUAL, CONDITION_AT_MOST,	   CONDITION_AT_LEAST,
		CONDITION_LESS,	 CONDITION_GREATER, CONDITION_BEGINS_WITH,
	};

	text_skip_blanks(text);
	into->operator_at = text->at;
	for (size_t i = 0; i < sizeof(in_order) / sizeof(in_order[0]); i++)
		if (text_take(text, operator_names[in_order[i]])) {
			into->operator= in_order[i];
			return 0;
		}
	return expression_complain(text->start, text->at, why,
				   "one of == != < <= > >= and ^= (begins with) is wanted here");
}

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* One character of a string, escaped or not; false where there is no such escape. */
static bool take_character(struct text *text, char *ret)
{
	static const char names[] = "nrt0\\\"", meanings[] = "\n\r\t\0\\\"";
	const char *found;
	char c = text->start[text->at++];

	*ret = c;
	if (c != '\\')
		return true;
	c = text_peek(text);
	if (c == 'x' && isxdigit((unsigned char)text->start[text->at + 1]) &&
	    isxdigit((unsigned char)text->start[text->at + 2])) {
		*ret = (char)(hex_digit(text->start[text->at + 1]) * 16 +
			      hex_digit(text->start[text->at + 2]));
		text->at += 3;
		return true;
	}
	found = c ? strchr(names, c) : NULL;
	if (!found)
		return false;
	*ret = meanings[found - names];
	text->at++;
	return true;
}

static int take_string(struct text *text, struct condition *into, struct reason *why)
{
	into->literal = LITERAL_STRING;
	into->string = malloc(strlen(text->start + text->at) + 1);
	if (!into->string)
		return out_of_memory(why);
	while (text_peek(text) && text_peek(text) != '"') {
		size_t at = text->at;

		if (!take_character(text, &into->string[into->n_string_bytes++]))
			return expression_complain(text->start, at, why,
						   "an escape is one of \\n \\r \\t \\0 \\\\ \\\" "
						   "and \\xNN");
	}
	into->string[into->n_string_bytes] = 0;
	return text_take(text, "\"")
		       ? 0
		       : expression_complain(text->start, text->at, why, "'\"' is wanted here");
}

static bool is_word(const char *word, size_t n, const char *is)
{
	return strlen(is) == n && memcmp(word, is, n) == 0;
}

static int take_word(struct text *text, struct condition *into, struct reason *why)
{
	const char *word = text->start + text->at;
	size_t n = text_name_bytes(text);

	text->at += n;
	into->literal = LITERAL_BOOL;
	into->number = is_word(word, n, "true");
	if (is_word(word, n, "true") || is_word(word, n, "false"))
		return 0;
	into->literal = LITERAL_NIL;
	if (is_word(word, n, "nil"))
		return 0;
	return expression_complain(text->start, into->literal_at, why,
				   "a number, a duration, a \"string\", true, false or nil is "
				   "wanted here");
}

/* 12, 0xff, 1.5 and 10ms; a sign was taken before. */
static int take_number(struct text *text, struct condition *into, struct reason *why)
{
	const char *start = text->start + text->at;
	size_t n = strspn(start, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFXµ.");
	char *copy = strndup(start, n), *end;
	struct text number = { .start = copy };
	bool is_read;

	if (!copy)
		return out_of_memory(why);
	into->literal = LITERAL_NUMBER;
	is_read = text_take_number(&number, &into->number) && !text_peek(&number);
	if (!is_read && isdigit((unsigned char)*copy)) {
		into->literal = LITERAL_REAL;
		into->real = strtod(copy, &end);
		is_read = !*end && !strpbrk(copy, "xX");
	}
	if (!is_read) {
		into->literal = LITERAL_DURATION;
		is_read = duration_parse(copy, &into->number) == 0;
	}
	free(copy);
	text->at += n;
	return is_read ? 0
		       : expression_complain(text->start, into->literal_at, why,
					     "this is no number, nor a duration such as 10ms");
}

static int take_literal(struct text *text, struct condition *into, struct reason *why)
{
	text_skip_blanks(text);
	into->literal_at = text->at;
	if (text_take(text, "\""))
		return take_string(text, into, why);
	into->is_negative = text_take(text, "-");
	if (into->is_negative || isdigit((unsigned char)text_peek(text)))
		return take_number(text, into, why);
	return take_word(text, into, why);
}

int condition_parse(const char *whole, struct condition *ret, struct reason *why)
{
	struct text text = { .start = whole };
	struct condition parsed = { 0 };
	int err;

	if (strlen(whole) > TEXT_MAX_BYTES)
		return reason_set(why, -EINVAL, "a condition has at most %d bytes", TEXT_MAX_BYTES);
	err = text_take_expression(&text, &parsed.expression, why);
	if (!err)
		err = take_operator(&text, &parsed, why);
	if (!err)
		err = take_literal(&text, &parsed, why);
	text_skip_blanks(&text);
	if (!err && text_peek(&text))
		err = expression_complain(whole, text.at, why, "the condition ends before this");
	if (!err) {
		parsed.expression.text = strdup(whole);
		err = parsed.expression.text ? 0 : out_of_memory(why);
	}
	if (err)
		condition_fini(&parsed);
	else
		*ret = parsed;
	return err;
}

void condition_fini(struct condition *condition)
{
	expression_fini(&condition->expression);
	free(condition->string);
	*condition = (struct condition){ 0 };
}
