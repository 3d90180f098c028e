/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { WORD = 8 };

static const struct go_type *type_at(const struct callee *callee, uint32_t type)
{
	return &callee->signatures->types.types[type];
}

int resolve_is_at_return(const struct callee *callee, const struct expression *expression,
			 bool *ret, struct reason *why)
{
	uint32_t variable;
	int err;

	if (expression->root == EXPRESSION_PLACES) {
		*ret = expression->is_at_return;
		return 0;
	}
	err = callee_find(callee, expression, &variable, why);
	if (!err)
		*ret = callee_variable(callee, variable)->is_result;
	return err;
}

/* A value that takes registers has a word in each; one on the stack is there whole. */
static int resolve_places(const struct callee *callee, const struct expression *expression,
			  struct resolved *ret, struct reason *why)
{
	const struct go_types *types = &callee->signatures->types;
	struct abi_value *value = &ret->location.value;
	uint32_t type = go_types_find(types, expression->type);
	uint64_t n_bytes, at = 0;

	if (type == GO_TYPE_NONE)
		return expression_complain(expression->text, expression->type_at, why,
					   "there is no type '%s' that is known; known are int, "
					   "uint8, float64, string, error, []byte and their like",
					   expression->type);
	n_bytes = types->types[type].n_bytes;
	*ret = (struct resolved){ .type = type, .location = { .kind = LOCATION_PIECES } };
	value->is_known = true;
	for (size_t i = 0; i < expression->n_places && at < n_bytes; i++) {
		const struct expression_place *place = &expression->places[i];
		bool is_stack = place->kind == PLACE_STACK;
		uint64_t n = n_bytes - at < WORD || is_stack ? n_bytes - at : WORD;

		value->pieces[value->n_pieces++] = (struct abi_piece){
			.place = is_stack ? GO_PIECE_STACK : GO_PIECE_REGISTER,
			.number = place->number,
			.off = place->off,
			.at = at,
			.n_bytes = n,
		};
		at += n;
	}
	if (at == n_bytes && value->n_pieces == expression->n_places)
		return 0;
	return expression_complain(expression->text, 0, why,
				   "a value of type %s takes %lu register%s, or one place on the "
				   "stack",
				   expression->type, (n_bytes + WORD - 1) / WORD,
				   n_bytes > WORD ? "s" : "");
}

static int resolve_name(const struct callee *callee, const struct expression *expression,
			struct resolved *ret, struct reason *why)
{
	uint32_t variable;
	int err = callee_find(callee, expression, &variable, why);

	if (err)
		return err;
	*ret = (struct resolved){
		.type = callee_variable(callee, variable)->type,
		.location = { .kind = LOCATION_PIECES, .value = callee->places[variable] },
	};
	if (ret->location.value.is_known)
		return 0;
	return expression_complain(
		expression->text, 0, why,
		"the compiler does not say where %s's %s is as it begins: it was "
		"optimised away",
		callee->name, expression->name);
}

int resolve_explain(int err, const struct location *location, uint64_t n_bytes,
		    const struct expression *expression, size_t at, struct reason *why)
{
	if (err == -EDOM)
		return expression_complain(
			expression->text, at, why,
			"this is in the floating point register X%d, which the kernel does not let "
			"BPF programs read",
			location_xmm(location, n_bytes));
	if (err == -ENODATA)
		return expression_complain(expression->text, at, why,
					   "the compiler does not say where this is");
	return err;
}

/* Goes on to where the pointer leads to. */
static int follow(const struct callee *callee, const struct expression *expression, size_t at,
		  struct steps *steps, struct resolved *it, struct reason *why)
{
	const struct go_type *type = type_at(callee, it->type);
	struct location from = it->location;
	int err;

	if (type->kind != GO_POINTER || type->element == GO_TYPE_NONE)
		return expression_complain(expression->text, at, why,
					   "a value of type %s leads nowhere", type->name);
	err = location_follow(&from, steps, &it->location);
	it->type = type->element;
	return resolve_explain(err, &from, WORD, expression, at, why);
}

static int complain_of_field(const struct callee *callee, const struct expression *expression,
			     const struct expression_step *step, const struct go_type *type,
			     struct reason *why)
{
	const struct go_types *types = &callee->signatures->types;
	char names[512] = "";
	size_t n_used = 0;

	if (type->kind != GO_STRUCT)
		return expression_complain(expression->text, step->at, why,
					   "a value of type %s has no fields", type->name);
	for (uint32_t i = 0; i < type->n_fields && n_used < sizeof(names); i++) {
		const struct go_field *field = &types->fields[type->first_field + i];

		n_used += (size_t)snprintf(names + n_used, sizeof(names) - n_used, "%s%s %s",
					   n_used ? ", " : "", field->name,
					   types->types[field->type].name);
	}
	return expression_complain(expression->text, step->at, why,
				   "%s has no field '%s'; it has %s", type->name, step->field,
				   *names ? names : "none");
}

enum {
	MAX_EMBEDDED = 8,
	MAX_FIELDS_SEEN = 1 << 16, /* structs made to have very many must not take for ever */
};

/* A field that lies so deep in embedded structs. */
static bool find_field_at(const struct go_types *types, const struct go_type *type,
			  const char *name, int depth, size_t *n_left, uint64_t *off,
			  uint32_t *ret_type)
{
	for (uint32_t i = 0; i<type->n_fields && * n_left> 0; i++) {
		const struct go_field *field = &types->fields[type->first_field + i];
		const struct go_type *of = &types->types[field->type];

		--*n_left;
		if (depth > 0 ? !field->is_embedded || of->kind != GO_STRUCT ||
					!find_field_at(types, of, name, depth - 1, n_left, off,
						       ret_type)
			      : strcmp(field->name, name) != 0)
			continue;
		*off += field->off;
		if (depth == 0)
			*ret_type = field->type;
		return true;
	}
	return false;
}

/*
 * A field by its name, or one that an embedded struct has; pointers to embedded ones are not followed.
 * As Go does, the least deep one is taken.
 */
static bool find_field(const struct go_types *types, const struct go_type *type, const char *name,
		       uint64_t *off, uint32_t *ret_type)
{
	size_t n_left = MAX_FIELDS_SEEN;

	for (int depth = 0; depth <= MAX_EMBEDDED; depth++)
		if (find_field_at(types, type, name, depth, &n_left, off, ret_type))
			return true;
	return false;
}

static int go_to_field(const struct callee *callee, const struct expression *expression,
		       const struct expression_step *step, struct steps *steps, struct resolved *it,
		       struct reason *why)
{
	uint64_t off = 0;
	int err = 0;

	if (type_at(callee, it->type)->kind == GO_POINTER)
		err = follow(callee, expression, step->at, steps, it, why);
	if (err)
		return err;
	if (type_at(callee, it->type)->kind != GO_STRUCT ||
	    !find_field(&callee->signatures->types, type_at(callee, it->type), step->field, &off,
			&it->type))
		return complain_of_field(callee, expression, step, type_at(callee, it->type), why);
	it->location = location_further(&it->location, off);
	return 0;
}

static int go_to_slice_element(const struct expression *expression,
			       const struct expression_step *step, uint64_t element_bytes,
			       struct steps *steps, struct resolved *it, struct reason *why)
{
	struct location from = it->location;
	uint16_t at;
	int err = steps_make_room(steps, 2 * WORD, &at);

	if (!err)
		err = location_take(&from, steps, 2 * WORD, at);
	if (err)
		return resolve_explain(err, &from, 2 * WORD, expression, step->at, why);
	it->location = (struct location){
		.kind = LOCATION_MEMORY,
		.base_at = at,
		.off = (int64_t)(step->index * element_bytes),
		.is_element = true,
		.count_at = (uint16_t)(at + WORD),
		.index = (uint32_t)step->index,
	};
	return 0;
}

/* No slice is as long; and its offset could be computed wrongly. */
static bool is_beyond_memory(uint64_t index, uint64_t element_bytes)
{
	const uint64_t max_index = INT32_MAX, max_off = 1UL << 47;

	return index > max_index || (element_bytes && index > max_off / element_bytes);
}

static int go_to_element(const struct callee *callee, const struct expression *expression,
			 const struct expression_step *step, struct steps *steps,
			 struct resolved *it, struct reason *why)
{
	const struct go_type *type;
	uint64_t element_bytes;
	int err = 0;

	/* Go takes elements of arrays through pointers as well. */
	if (type_at(callee, it->type)->kind == GO_POINTER)
		err = follow(callee, expression, step->at, steps, it, why);
	if (err)
		return err;
	type = type_at(callee, it->type);
	if ((type->kind != GO_ARRAY && type->kind != GO_SLICE) || type->element == GO_TYPE_NONE)
		return expression_complain(expression->text, step->at, why,
					   "a value of type %s has no elements to be taken",
					   type->name);
	element_bytes = type_at(callee, type->element)->n_bytes;
	if (type->kind == GO_ARRAY ? step->index >= type->n_elements
				   : is_beyond_memory(step->index, element_bytes))
		return expression_complain(expression->text, step->at, why,
					   "%s has no such element", type->name);
	it->type = type->element;
	if (type->kind == GO_SLICE)
		return go_to_slice_element(expression, step, element_bytes, steps, it, why);
	it->location = location_further(&it->location, step->index * element_bytes);
	return 0;
}

/* Strings and slices have their length in their second word, maps and chans in the first that they point to. */
static int go_to_length(const struct callee *callee, const struct expression *expression,
			const struct expression_step *step, struct steps *steps,
			struct resolved *it, struct reason *why)
{
	const struct go_type *type = type_at(callee, it->type);
	struct location from = it->location;
	int err;

	it->type = go_types_find(&callee->signatures->types, "int");
	switch (type->kind) {
	case GO_STRING:
	case GO_SLICE:
		it->location = location_further(&it->location, WORD);
		return 0;
	case GO_ARRAY:
		it->is_constant = true;
		it->constant = type->n_elements;
		return 0;
	case GO_MAP:
	case GO_CHAN:
		err = location_follow(&from, steps, &it->location);
		it->location.is_length = true;
		return resolve_explain(err, &from, WORD, expression, step->at, why);
	default:
		return expression_complain(expression->text, step->at, why,
					   "a value of type %s has no length", type->name);
	}
}

int resolve(const struct callee *callee, const struct expression *expression, struct steps *steps,
	    struct resolved *ret, struct reason *why)
{
	int err = expression->root == EXPRESSION_PLACES
			  ? resolve_places(callee, expression, ret, why)
			  : resolve_name(callee, expression, ret, why);

	for (size_t i = 0; i < expression->n_steps && !err; i++) {
		const struct expression_step *step = &expression->steps[i];

		switch (step->kind) {
		case STEP_FIELD:
			err = go_to_field(callee, expression, step, steps, ret, why);
			break;
		case STEP_INDEX:
			err = go_to_element(callee, expression, step, steps, ret, why);
			break;
		case STEP_TARGET:
			err = follow(callee, expression, step->at, steps, ret, why);
			break;
		case STEP_LENGTH:
			err = go_to_length(callee, expression, step, steps, ret, why);
			break;
		}
	}
	return err;
}
