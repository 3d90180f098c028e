/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/decode.h"

#include <string.h>

#include "value/dynamic.h"
#include "value/reading.h"

enum {
	WORD = 8,
	MAX_DEPTH = 16,
};

static void decode(struct decoder *decoder, const struct shape *shape, int depth,
		   struct value *ret);

/* What leads nowhere has no shape of its own. */
static struct shape flat(uint32_t type, uint64_t at)
{
	return (struct shape){
		.type = type, .at = (uint16_t)at, .content_at = FETCH_NOWHERE, .dynamic = SHAPE_NONE
	};
}

static const struct go_type *type_of(const struct decoder *decoder, uint32_t type)
{
	return &decoder->types->types[type];
}

/* n elements that lie one after the other, of n_whole. */
static void decode_elements(struct decoder *decoder, const struct shape *shape, uint32_t element,
			    uint64_t at, uint64_t n, uint64_t n_whole, int depth, struct value *ret)
{
	const struct go_type *type = type_of(decoder, element);
	struct value *children;

	ret->n_whole = n_whole;
	if (type->kind == GO_UINT8) {
		if (!decode_is_missing(decoder, at, n, ret)) {
			ret->kind = VALUE_BYTES;
			ret->bytes = (const char *)decoder->bytes + at;
			ret->n_bytes = n;
		}
		return;
	}
	if (shape->n_children && n > shape->n_children)
		n = shape->n_children;
	if (n > SHAPE_ELEMENTS)
		n = SHAPE_ELEMENTS;
	children = decode_new(decoder, n);
	ret->kind = VALUE_LIST;
	ret->children = children;
	ret->n_children = children ? n : 0;
	for (uint64_t i = 0; i < ret->n_children; i++) {
		struct shape plain = flat(element, at + i * type->n_bytes);

		decode(decoder,
		       shape->n_children ? &decoder->capture->shapes.at[shape->first_child + i]
					 : &plain,
		       depth, &children[i]);
	}
}

static void decode_slice(struct decoder *decoder, const struct shape *shape,
			 const struct go_type *type, int depth, struct value *ret)
{
	uint64_t address = 0, n_whole = 0;

	if (decode_is_missing(decoder, shape->at, 2 * WORD, ret))
		return;
	decode_word(decoder, shape->at, &address);
	decode_word(decoder, shape->at + WORD, &n_whole);
	if (address == 0) {
		ret->kind = VALUE_NIL;
		return;
	}
	if (n_whole >> 63) {
		ret->kind = VALUE_UNREADABLE;
		return;
	}
	if (shape->content_at == FETCH_NOWHERE) {
		ret->kind = VALUE_LIST;
		ret->n_whole = n_whole;
		return;
	}
	decode_elements(decoder, shape, type->element, shape->content_at,
			n_whole < shape->room ? n_whole : shape->room, n_whole, depth, ret);
}

static void decode_struct(struct decoder *decoder, const struct shape *shape,
			  const struct go_type *type, int depth, struct value *ret)
{
	size_t n = shape->n_children ? shape->n_children : type->n_fields;
	struct value *children;

	if (decode_time(decoder, type->name, shape->at, type->n_bytes, ret))
		return;
	children = decode_new(decoder, n);
	ret->kind = children || n == 0 ? VALUE_STRUCT : VALUE_NOT_TAKEN;
	ret->children = children;
	ret->n_children = children ? n : 0;
	ret->n_whole = type->n_fields;
	for (size_t i = 0; i < ret->n_children; i++) {
		const struct go_field *field = &decoder->types->fields[type->first_field + i];
		struct shape plain = flat(field->type, shape->at + field->off);

		children[i].label = field->name;
		decode(decoder,
		       shape->n_children ? &decoder->capture->shapes.at[shape->first_child + i]
					 : &plain,
		       depth, &children[i]);
	}
}

/* The word of whatever is a pointer; true when it is missing or nil. */
static bool is_no_pointer(const struct decoder *decoder, uint64_t at, struct value *ret)
{
	if (decode_is_missing(decoder, at, WORD, ret))
		return true;
	decode_word(decoder, at, &ret->number);
	ret->kind = ret->number ? VALUE_ADDRESS : VALUE_NIL;
	return !ret->number;
}

static void decode_pointer(struct decoder *decoder, const struct shape *shape, int depth,
			   struct value *ret)
{
	const struct shape *within;
	struct value *target;

	if (is_no_pointer(decoder, shape->at, ret) || shape->n_children == 0)
		return;
	within = &decoder->capture->shapes.at[shape->first_child];
	if (decode_state(decoder, within->at, type_of(decoder, within->type)->n_bytes) !=
	    DECODE_TAKEN)
		return;
	target = decode_new(decoder, 1);
	if (!target)
		return;
	decode(decoder, within, depth, target);
	ret->kind = VALUE_POINTER;
	ret->children = target;
	ret->n_children = 1;
}

/* A map or a chan, whose length is what it begins with. */
static void decode_sized(const struct decoder *decoder, const struct shape *shape,
			 const struct go_type *type, struct value *ret)
{
	if (is_no_pointer(decoder, shape->at, ret) || shape->content_at == FETCH_NOWHERE ||
	    decode_is_missing(decoder, shape->content_at, WORD, ret))
		return;
	decode_word(decoder, shape->content_at, &ret->n_whole);
	ret->kind = ret->n_whole >> 63 ? VALUE_UNREADABLE : VALUE_SIZED;
	ret->type = type->name;
}

static void decode_function(const struct decoder *decoder, const struct shape *shape,
			    struct value *ret)
{
	const struct decode_program *program = decoder->program;

	if (is_no_pointer(decoder, shape->at, ret) || shape->content_at == FETCH_NOWHERE ||
	    !decode_word(decoder, shape->content_at, &ret->number))
		return;
	ret->kind = VALUE_FUNCTION;
	ret->bytes = program ? program->function(program->context, ret->number) : NULL;
	ret->n_bytes = ret->bytes ? strlen(ret->bytes) : 0;
}

static void decode(struct decoder *decoder, const struct shape *shape, int depth, struct value *ret)
{
	const struct go_type *type = type_of(decoder, shape->type);

	ret->kind = VALUE_NOT_TAKEN;
	if (depth == MAX_DEPTH ||
	    decode_number(decoder, type->kind, type->name, shape->at, type->n_bytes, ret))
		return;
	if (decode_is_unreadable(decoder, shape->at, type->n_bytes)) {
		ret->kind = VALUE_UNREADABLE;
		return;
	}
	switch (type->kind) {
	case GO_STRING:
		decode_string(decoder, shape->at, shape->content_at, shape->room, ret);
		break;
	case GO_SLICE:
		decode_slice(decoder, shape, type, depth + 1, ret);
		break;
	case GO_ARRAY:
		if (type->element != GO_TYPE_NONE)
			decode_elements(decoder, shape, type->element, shape->at, type->n_elements,
					type->n_elements, depth + 1, ret);
		break;
	case GO_STRUCT:
		decode_struct(decoder, shape, type, depth + 1, ret);
		break;
	case GO_POINTER:
		decode_pointer(decoder, shape, depth + 1, ret);
		break;
	case GO_MAP:
	case GO_CHAN:
		decode_sized(decoder, shape, type, ret);
		break;
	case GO_FUNC:
		decode_function(decoder, shape, ret);
		break;
	case GO_UNSAFE_POINTER:
		is_no_pointer(decoder, shape->at, ret);
		break;
	case GO_INTERFACE:
		dynamic_decode(decoder, shape->at, shape->dynamic, ret);
		break;
	default:
		break;
	}
}

const struct value *decoder_value(struct decoder *decoder, const struct captured *captured)
{
	struct value *value = decode_new(decoder, 1);
	static const struct value none = { .kind = VALUE_NOT_TAKEN };

	if (!value || (captured->shape == SHAPE_NONE && !captured->is_constant))
		return &none;
	if (captured->is_constant) {
		value->kind = VALUE_SIGNED;
		value->number = captured->constant;
		return value;
	}
	decode(decoder, &decoder->capture->shapes.at[captured->shape], 0, value);
	return value;
}
