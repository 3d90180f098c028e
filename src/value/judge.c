/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/judge.h"

#include <errno.h>
#include <string.h>

enum {
	WORD = 8,
	MAX_STRING_BYTES = FETCH_STRING_WORDS * WORD,
};

static int complain(const struct condition *condition, const struct go_type *type,
		    struct reason *why)
{
	return expression_complain(condition->expression.text, condition->literal_at, why,
				   "a value of type %s cannot be compared with this", type->name);
}

static int refuse_operator(const struct condition *condition, const struct go_type *type,
			   struct reason *why)
{
	return expression_complain(condition->expression.text, condition->operator_at, why,
				   "%s does not compare values of type %s%s",
				   condition_operator_name(condition->operator), type->name,
				   condition->literal == LITERAL_NIL ? " with nil" : "");
}

static bool is_signed(enum go_kind kind)
{
	return kind >= GO_INT && kind <= GO_INT64;
}

static bool is_unsigned(enum go_kind kind)
{
	return kind >= GO_UINT && kind <= GO_UINTPTR;
}

/* Does a number fit into an integer of so many bytes? */
static bool fits(const struct condition *condition, const struct go_type *type)
{
	uint64_t n_bits = 8 * type->n_bytes - is_signed(type->kind);
	uint64_t largest = UINT64_MAX >> (64 - n_bits);

	if (condition->is_negative)
		return is_signed(type->kind) && condition->number <= largest + 1;
	return condition->number <= largest;
}

static int compare_integer(const struct condition *condition, const struct go_type *type,
			   struct fetch_condition *ret, struct reason *why)
{
	if (condition->literal != LITERAL_NUMBER && condition->literal != LITERAL_DURATION)
		return complain(condition, type, why);
	if (!fits(condition, type))
		return expression_complain(condition->expression.text, condition->literal_at, why,
					   "no value of type %s is so %s", type->name,
					   condition->is_negative ? "small" : "large");
	ret->comparand = is_signed(type->kind) ? FETCH_SIGNED : FETCH_UNSIGNED;
	ret->number = condition->is_negative ? -condition->number : condition->number;
	return 0;
}

static int compare_real(const struct condition *condition, const struct go_type *type,
			struct fetch_condition *ret, struct reason *why)
{
	double real =
		condition->literal == LITERAL_REAL ? condition->real : (double)condition->number;
	float rounded;

	if (condition->literal != LITERAL_REAL && condition->literal != LITERAL_NUMBER)
		return complain(condition, type, why);
	ret->comparand = FETCH_REAL;
	real = condition->is_negative ? -real : real;
	rounded = (float)real;
	memcpy(&ret->number, type->n_bytes == 4 ? (void *)&rounded : (void *)&real, type->n_bytes);
	return 0;
}

static int compare_word(const struct condition *condition, const struct go_type *type,
			enum condition_literal wanted, struct fetch_condition *ret,
			struct reason *why)
{
	if (condition->literal != wanted)
		return complain(condition, type, why);
	if (condition->operator!= CONDITION_EQUAL && condition->operator!= CONDITION_UNEQUAL)
		return refuse_operator(condition, type, why);
	ret->comparand = FETCH_UNSIGNED;
	ret->number = wanted == LITERAL_BOOL ? condition->number : 0;
	return 0;
}

static int compare_string(const struct condition *condition, const struct go_type *type,
			  struct fetch_condition *ret, struct reason *why)
{
	if (condition->literal != LITERAL_STRING)
		return complain(condition, type, why);
	if (condition->operator!= CONDITION_EQUAL &&
	    condition->
	    operator!= CONDITION_UNEQUAL && condition->
	    operator!= CONDITION_BEGINS_WITH)
		return refuse_operator(condition, type, why);
	if (condition->n_string_bytes > MAX_STRING_BYTES)
		return expression_complain(condition->expression.text, condition->literal_at, why,
					   "strings are compared with %d bytes at most",
					   MAX_STRING_BYTES);
	ret->comparand = FETCH_STRING;
	ret->n_string_bytes = (uint8_t)condition->n_string_bytes;
	memcpy(ret->string, condition->string, condition->n_string_bytes);
	return 0;
}

static int compare(const struct condition *condition, const struct go_type *type,
		   struct fetch_condition *ret, struct reason *why)
{
	enum go_kind kind = type->kind;

	ret->comparison = (uint8_t)condition->operator;
	ret->n_bytes = (uint8_t)type->n_bytes;
	if (kind == GO_STRING)
		return compare_string(condition, type, ret, why);
	if (condition->operator== CONDITION_BEGINS_WITH)
		return refuse_operator(condition, type, why);
	if (is_signed(kind) || is_unsigned(kind))
		return compare_integer(condition, type, ret, why);
	if (kind == GO_FLOAT32 || kind == GO_FLOAT64)
		return compare_real(condition, type, ret, why);
	if (kind == GO_BOOL)
		return compare_word(condition, type, LITERAL_BOOL, ret, why);
	/* What is nil has zero for its first word. */
	ret->n_bytes = WORD;
	if (kind == GO_POINTER || kind == GO_SLICE || kind == GO_MAP || kind == GO_CHAN ||
	    kind == GO_FUNC || kind == GO_INTERFACE || kind == GO_UNSAFE_POINTER)
		return compare_word(condition, type, LITERAL_NIL, ret, why);
	return expression_complain(condition->expression.text, condition->operator_at, why,
				   "a value of type %s cannot be compared%s", type->name,
				   kind == GO_STRUCT ? "; one of its fields may be" : "");
}

/* The enums of both sides are the same. */
_Static_assert((int)CONDITION_BEGINS_WITH == (int)FETCH_BEGINS_WITH &&
		       (int)CONDITION_EQUAL == (int)FETCH_EQUAL &&
		       (int)CONDITION_UNEQUAL == (int)FETCH_UNEQUAL &&
		       (int)CONDITION_LESS == (int)FETCH_LESS &&
		       (int)CONDITION_AT_MOST == (int)FETCH_AT_MOST &&
		       (int)CONDITION_GREATER == (int)FETCH_GREATER &&
		       (int)CONDITION_AT_LEAST == (int)FETCH_AT_LEAST,
	       "operators");

static int take_string(const struct location *from, struct steps *steps,
		       struct fetch_condition *into)
{
	struct fetch_step step = { .kind = FETCH_ELEMENTS,
				   .n_bytes = 1,
				   .max_count = MAX_STRING_BYTES };
	int err = steps_make_room(steps, 2 * WORD, &step.base_at);

	step.count_at = into->length_at = (uint16_t)(step.base_at + WORD);
	if (!err)
		err = location_take(from, steps, 2 * WORD, step.base_at);
	if (!err)
		err = steps_make_room(steps, MAX_STRING_BYTES, &into->at);
	step.to = into->at;
	return err ? err : steps_add(steps, &step);
}

int judge(const struct callee *callee, const struct condition *condition, struct steps *steps,
	  struct fetch_condition *ret, struct reason *why)
{
	const struct expression *expression = &condition->expression;
	size_t n_before = steps->n;
	const struct go_type *type;
	struct resolved it;
	int err;

	*ret = (struct fetch_condition){ 0 };
	err = resolve(callee, expression, steps, &it, why);
	if (err)
		return err;
	type = &callee->signatures->types.types[it.type];
	if (it.is_constant)
		return expression_complain(expression->text, 0, why,
					   "the length of an array is no condition");
	err = compare(condition, type, ret, why);
	if (err)
		return err;
	if (ret->comparand == FETCH_STRING)
		err = take_string(&it.location, steps, ret);
	else if (!(err = steps_make_room(steps, ret->n_bytes, &ret->at)))
		err = location_take(&it.location, steps, ret->n_bytes, ret->at);
	for (size_t i = n_before; i < steps->n; i++)
		ret->needs[i / 64] |= 1UL << i % 64;
	return resolve_explain(err, &it.location, ret->n_bytes, expression, 0, why);
}
