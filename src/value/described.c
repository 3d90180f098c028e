/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/described.h"

#include "value/reading.h"

enum {
	WORD = 8,
	MAX_DEPTH = 3, /* of structs in structs */
};

static void decode(struct decoder *decoder, const struct dynamic *dynamic,
		   const struct decode_type *type, uint64_t off, int depth, struct value *ret);

const struct decode_type *described_type(struct decoder *decoder, uint64_t ip)
{
	struct decode_type *type = &decoder->dynamic_types[decoder->n_types];

	for (size_t i = 0; i < decoder->n_types; i++)
		if (decoder->dynamic_types[i].ip == ip)
			return &decoder->dynamic_types[i];
	if (!decoder->program || decoder->n_types == DECODE_MAX_TYPES ||
	    !decoder->program->type(decoder->program->context, ip, type))
		return NULL;
	type->ip = ip;
	decoder->n_types++;
	return type;
}

static void decode_field(struct decoder *decoder, const struct dynamic *dynamic,
			 const struct decode_field *field, uint64_t off, int depth,
			 struct value *ret)
{
	const struct decode_type *type;

	ret->kind = VALUE_NOT_TAKEN;
	ret->label = field->name;
	if (off + field->off >= dynamic->n_data_bytes)
		return;
	type = described_type(decoder, field->type_ip);
	if (type)
		decode(decoder, dynamic, type, off + field->off, depth + 1, ret);
}

static void decode_struct(struct decoder *decoder, const struct dynamic *dynamic,
			  const struct decode_type *type, uint64_t off, int depth,
			  struct value *ret)
{
	size_t n = type->n_known_fields;
	struct value *children;

	/* Two of its three words tell the time. */
	if (off + 2 * WORD <= dynamic->n_data_bytes &&
	    decode_time(decoder, type->name, dynamic->data_at + off, type->n_bytes, ret))
		return;
	if (depth == MAX_DEPTH || (n == 0 && type->n_bytes))
		return;
	children = decode_new(decoder, n);
	if (n && !children)
		return;
	for (size_t i = 0; i < n; i++)
		decode_field(decoder, dynamic, &type->fields[i], off, depth, &children[i]);
	ret->kind = VALUE_STRUCT;
	ret->children = children;
	ret->n_children = n;
	ret->n_whole = type->n_fields;
}

/* Of what is a pointer, or begins with one: whether it is nil. */
static void decode_reference(struct decoder *decoder, enum go_kind kind, uint64_t at,
			     struct value *ret)
{
	bool is_address = kind != GO_SLICE && kind != GO_INTERFACE;

	if (decode_is_missing(decoder, at, WORD, ret))
		return;
	decode_word(decoder, at, &ret->number);
	ret->kind = !ret->number ? VALUE_NIL : is_address ? VALUE_ADDRESS : VALUE_NOT_TAKEN;
}

/* The strings that were taken begin at the first word, and at the third. */
static void decode_text(struct decoder *decoder, const struct dynamic *dynamic, uint64_t off,
			struct value *ret)
{
	uint64_t i = off / (2 * WORD);
	bool is_taken = off % (2 * WORD) == 0 && i < SHAPE_DYNAMIC_STRINGS;

	decode_string(decoder, dynamic->data_at + off,
		      is_taken ? dynamic->string_at[i] : FETCH_NOWHERE, SHAPE_STRING_BYTES, ret);
}

static void decode(struct decoder *decoder, const struct dynamic *dynamic,
		   const struct decode_type *type, uint64_t off, int depth, struct value *ret)
{
	uint64_t at = dynamic->data_at + off;
	bool is_within =
		off <= dynamic->n_data_bytes && type->n_bytes <= dynamic->n_data_bytes - off;

	ret->kind = VALUE_NOT_TAKEN;
	if (type->kind == GO_STRUCT && off < dynamic->n_data_bytes) {
		decode_struct(decoder, dynamic, type, off, depth, ret);
		return;
	}
	if (!is_within || decode_number(decoder, type->kind, type->name, at, type->n_bytes, ret))
		return;
	switch (type->kind) {
	case GO_STRING:
		decode_text(decoder, dynamic, off, ret);
		break;
	case GO_POINTER:
	case GO_UNSAFE_POINTER:
	case GO_MAP:
	case GO_CHAN:
	case GO_FUNC:
	case GO_SLICE:
	case GO_INTERFACE:
		decode_reference(decoder, type->kind, at, ret);
		break;
	default:
		break;
	}
}

void described_decode(struct decoder *decoder, const struct dynamic *dynamic,
		      const struct decode_type *type, struct value *ret)
{
	decode(decoder, dynamic, type, 0, 0, ret);
}

static bool is_told(const struct value *value)
{
	return value->kind != VALUE_NOT_TAKEN && value->kind != VALUE_UNREADABLE &&
	       value->kind != VALUE_UNREACHABLE;
}

void described_decode_pointer(struct decoder *decoder, const struct dynamic *dynamic,
			      const struct decode_type *type, uint64_t at, struct value *ret)
{
	const struct decode_type *element;
	struct value *target;

	decode_reference(decoder, type->kind, at, ret);
	if (ret->kind != VALUE_ADDRESS || !type->element_ip)
		return;
	element = described_type(decoder, type->element_ip);
	target = element ? decode_new(decoder, 1) : NULL;
	if (!target)
		return;
	decode(decoder, dynamic, element, 0, 0, target);
	if (!is_told(target))
		return;
	ret->kind = VALUE_POINTER;
	ret->children = target;
	ret->n_children = 1;
}
