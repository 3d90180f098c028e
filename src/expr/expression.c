/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expr/expression.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expr/text.h"

enum { MAX_STEPS = 16 };

static int out_of_memory(struct reason *why)
{
	return reason_set(why, -ENOMEM, "out of memory");
}

/* How many columns the first n bytes take, a character of UTF-8 being one. */
static int columns_of(const char *text, size_t n)
{
	int n_columns = 0;

	for (size_t i = 0; i < n && text[i]; i++)
		n_columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n_columns;
}

int expression_complain(const char *text, size_t at, struct reason *why, const char *format, ...)
{
	char what[256];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return reason_set(why, -EINVAL, "%s\n  %s\n  %*s^", what, text, columns_of(text, at), "");
}

/* The registers that hold values, by the number that DWARF gives them (System V ABI, x86-64). */
static const struct {
	const char *name;
	uint8_t number;
} registers[] = {
	{ "rax", 0 },  { "rdx", 1 },  { "rcx", 2 },  { "rbx", 3 },  { "rsi", 4 },  { "rdi", 5 },
	{ "rbp", 6 },  { "rsp", 7 },  { "r8", 8 },   { "r9", 9 },   { "r10", 10 }, { "r11", 11 },
	{ "r12", 12 }, { "r13", 13 }, { "r14", 14 }, { "r15", 15 },
};

static int take_place(struct text *text, struct expression_place *ret, struct reason *why)
{
	size_t n = text_name_bytes(text), at = text->at;
	const char *name = text->start + at;
	uint64_t off = 0;

	text->at += n;
	if (n == strlen("stack") && memcmp(name, "stack", n) == 0) {
		if (text_take(text, "+") && (!text_take_number(text, &off) || off > INT32_MAX))
			return expression_complain(text->start, text->at, why,
						   "a number of bytes from SP is wanted here");
		*ret = (struct expression_place){ .kind = PLACE_STACK, .off = (uint32_t)off };
		return 0;
	}
	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
		if (strlen(registers[i].name) == n && memcmp(registers[i].name, name, n) == 0) {
			*ret = (struct expression_place){ .kind = PLACE_REGISTER,
							  .number = registers[i].number };
			return 0;
		}
	return expression_complain(text->start, at, why,
				   "a register (rax, rbx, …, r15) or stack+BYTES is wanted here");
}

/* Up to what ends an expression: types have brackets, stars and dots in them. */
static int take_type(struct text *text, struct expression *into, struct reason *why)
{
	const char *start = text->start + text->at;
	size_t n = strcspn(start, " \t\n=!<>^,");

	if (n == 0)
		return expression_complain(text->start, text->at, why,
					   "a type is wanted here, such as int or string");
	into->type_at = text->at;
	into->type = strndup(start, n);
	text->at += n;
	return into->type ? 0 : out_of_memory(why);
}

static int take_places(struct text *text, struct expression *into, struct reason *why)
{
	int err;

	into->root = EXPRESSION_PLACES;
	into->is_at_return = text_take(text, "ret.");
	do {
		if (into->n_places == EXPRESSION_MAX_PLACES)
			return expression_complain(text->start, text->at, why,
						   "no value is in more than %d places",
						   EXPRESSION_MAX_PLACES);
		err = take_place(text, &into->places[into->n_places++], why);
		if (err)
			return err;
	} while (text_take(text, "+"));
	if (!text_take(text, ":"))
		return expression_complain(text->start, text->at, why,
					   "':' and a type are wanted here");
	return take_type(text, into, why);
}

static int add_step(struct expression *into, struct expression_step step, struct text *text,
		    struct reason *why)
{
	struct expression_step *grown;

	if (into->n_steps == MAX_STEPS) {
		free(step.field);
		return expression_complain(text->start, step.at, why, "that is more than %d steps",
					   MAX_STEPS);
	}
	grown = reallocarray(into->steps, into->n_steps + 1, sizeof(*grown));
	if (!grown) {
		free(step.field);
		return out_of_memory(why);
	}
	into->steps = grown;
	grown[into->n_steps++] = step;
	return 0;
}

static int take_field(struct text *text, struct expression *into, struct reason *why)
{
	size_t n = text_name_bytes(text);
	struct expression_step step = { .kind = STEP_FIELD, .at = text->at };

	if (n == 0)
		return expression_complain(text->start, text->at, why,
					   "the name of a field is wanted here");
	step.field = strndup(text->start + text->at, n);
	text->at += n;
	return step.field ? add_step(into, step, text, why) : out_of_memory(why);
}

static int take_index(struct text *text, struct expression *into, struct reason *why)
{
	struct expression_step step = { .kind = STEP_INDEX, .at = text->at };

	text_skip_blanks(text);
	if (!text_take_number(text, &step.index))
		return expression_complain(text->start, text->at, why,
					   "the number of an element is wanted here");
	text_skip_blanks(text);
	if (!text_take(text, "]"))
		return expression_complain(text->start, text->at, why, "']' is wanted here");
	return add_step(into, step, text, why);
}

static int take_path(struct text *text, struct expression *into, struct reason *why);

static int take_root(struct text *text, struct expression *into, struct reason *why)
{
	size_t n = text_name_bytes(text);
	int err;

	if (text_take(text, "(")) {
		err = take_path(text, into, why);
		if (err)
			return err;
		text_skip_blanks(text);
		return text_take(text, ")") ? 0
					    : expression_complain(text->start, text->at, why,
								  "')' is wanted here");
	}
	if (n == 0)
		return expression_complain(text->start, text->at, why,
					   "the name of a parameter or result is wanted here");
	into->root = EXPRESSION_NAME;
	into->name = strndup(text->start + text->at, n);
	text->at += n;
	return into->name ? 0 : out_of_memory(why);
}

enum { MAX_NESTING = 8 };

/* Stars bind less than what stands behind a name, as in Go. */
static int take_path(struct text *text, struct expression *into, struct reason *why)
{
	struct expression_step target = { .kind = STEP_TARGET };
	size_t n_stars = 0;
	int err;

	text_skip_blanks(text);
	for (target.at = text->at; text_take(text, "*"); text_skip_blanks(text))
		n_stars++;
	err = take_root(text, into, why);
	while (!err) {
		if (text_take(text, "."))
			err = take_field(text, into, why);
		else if (text_take(text, "["))
			err = take_index(text, into, why);
		else
			break;
	}
	for (; n_stars > 0 && !err; n_stars--)
		err = add_step(into, target, text, why);
	return err;
}

static int take_length(struct text *text, struct expression *into, struct reason *why)
{
	struct expression_step step = { .kind = STEP_LENGTH, .at = text->at - strlen("len(") };
	int err = take_path(text, into, why);

	if (err)
		return err;
	text_skip_blanks(text);
	if (!text_take(text, ")"))
		return expression_complain(text->start, text->at, why, "')' is wanted here");
	return add_step(into, step, text, why);
}

/* Are these places, and not names? Only they are followed by a type. */
static bool is_of_places(const struct text *text)
{
	size_t n = strcspn(text->start + text->at, " \t\n=!<>^,(\"");

	return memchr(text->start + text->at, ':', n);
}

/* What a condition compares with does not count. */
static bool is_nested_too_deep(const char *text)
{
	size_t n = 0;

	for (; *text && *text != '"'; text++)
		n += *text == '(';
	return n > MAX_NESTING;
}

int text_take_expression(struct text *text, struct expression *ret, struct reason *why)
{
	struct expression parsed = { 0 };
	int err;

	text_skip_blanks(text);
	if (is_nested_too_deep(text->start + text->at))
		err = expression_complain(text->start, text->at, why, "too many parentheses");
	else if (is_of_places(text))
		err = take_places(text, &parsed, why);
	else if (text_take(text, "len("))
		err = take_length(text, &parsed, why);
	else
		err = take_path(text, &parsed, why);
	if (err)
		expression_fini(&parsed);
	else
		*ret = parsed;
	return err;
}

int expression_parse(const char *whole, struct expression *ret, struct reason *why)
{
	struct text text = { .start = whole };
	struct expression parsed;
	size_t end;
	int err;

	/* So that places in the text are places in what is kept of it. */
	text_skip_blanks(&text);
	whole += text.at;
	text = (struct text){ .start = whole };
	if (strlen(whole) > TEXT_MAX_BYTES)
		return reason_set(why, -EINVAL, "an expression has at most %d bytes",
				  TEXT_MAX_BYTES);
	err = text_take_expression(&text, &parsed, why);
	if (err)
		return err;
	end = text.at;
	text_skip_blanks(&text);
	if (text_peek(&text)) {
		expression_fini(&parsed);
		return expression_complain(whole, text.at, why, "the expression ends before this");
	}
	parsed.text = strndup(whole, end);
	if (!parsed.text) {
		expression_fini(&parsed);
		return out_of_memory(why);
	}
	*ret = parsed;
	return 0;
}

void expression_fini(struct expression *expression)
{
	for (size_t i = 0; i < expression->n_steps; i++)
		free(expression->steps[i].field);
	free(expression->steps);
	free(expression->name);
	free(expression->type);
	free(expression->text);
	*expression = (struct expression){ 0 };
}
