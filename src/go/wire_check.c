/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "go/signature.h"
#include "go/wire.h"

/* What a kind of type may have; and its size, where that follows from the kind. */
static const struct shape {
	uint8_t n_bytes;
	bool has_element, has_key, has_any_size;
} shapes[N_GO_KINDS] = {
	[GO_UNKNOWN] = { .has_any_size = true },
	[GO_BOOL] = { .n_bytes = 1 },
	[GO_INT] = { .n_bytes = 8 },
	[GO_INT8] = { .n_bytes = 1 },
	[GO_INT16] = { .n_bytes = 2 },
	[GO_INT32] = { .n_bytes = 4 },
	[GO_INT64] = { .n_bytes = 8 },
	[GO_UINT] = { .n_bytes = 8 },
	[GO_UINT8] = { .n_bytes = 1 },
	[GO_UINT16] = { .n_bytes = 2 },
	[GO_UINT32] = { .n_bytes = 4 },
	[GO_UINT64] = { .n_bytes = 8 },
	[GO_UINTPTR] = { .n_bytes = 8 },
	[GO_FLOAT32] = { .n_bytes = 4 },
	[GO_FLOAT64] = { .n_bytes = 8 },
	[GO_COMPLEX64] = { .n_bytes = 8 },
	[GO_COMPLEX128] = { .n_bytes = 16 },
	[GO_ARRAY] = { .has_any_size = true, .has_element = true },
	[GO_CHAN] = { .n_bytes = 8, .has_element = true },
	[GO_FUNC] = { .n_bytes = 8 },
	[GO_INTERFACE] = { .n_bytes = 16 },
	[GO_MAP] = { .n_bytes = 8, .has_element = true, .has_key = true },
	[GO_POINTER] = { .n_bytes = 8, .has_element = true },
	[GO_SLICE] = { .n_bytes = 24, .has_element = true },
	[GO_STRING] = { .n_bytes = 16 },
	[GO_STRUCT] = { .has_any_size = true },
	[GO_UNSAFE_POINTER] = { .n_bytes = 8 },
};

/* As the compiler has it (cmd/compile/internal/types/size.go, MaxWidth). */
static const uint64_t max_value_bytes = 1UL << 50;

static bool is_range(uint64_t first, uint64_t n, uint64_t n_all)
{
	return first <= n_all && n <= n_all - first;
}

static bool is_link(const struct wire *wire, uint32_t type, bool may_be)
{
	return type == GO_TYPE_NONE || (may_be && type < wire->n_types);
}

static bool is_array_sound(const struct wire *wire, const struct wire_type *type)
{
	uint64_t n_bytes;

	return type->element < wire->n_types &&
	       !__builtin_mul_overflow(type->n_elements, wire->types[type->element].n_bytes,
				       &n_bytes) &&
	       n_bytes == type->n_bytes;
}

/* One field begins where the one before it has ended, or behind. */
static bool is_struct_sound(const struct wire *wire, const struct wire_type *type)
{
	uint64_t end_off = 0;

	if (!is_range(type->first_field, type->n_fields, wire->n_fields))
		return false;
	for (uint32_t i = 0; i < type->n_fields; i++) {
		const struct wire_field *field = &wire->fields[type->first_field + i];

		if (field->type >= wire->n_types || field->off < end_off ||
		    !is_range(field->off, wire->types[field->type].n_bytes, type->n_bytes))
			return false;
		end_off = field->off + wire->types[field->type].n_bytes;
	}
	return true;
}

bool wire_type_is_sound(const struct wire *wire, const struct wire_type *type)
{
	const struct shape *shape;

	if (type->kind >= N_GO_KINDS || type->n_bytes > max_value_bytes)
		return false;
	shape = &shapes[type->kind];
	if ((!shape->has_any_size && type->n_bytes != shape->n_bytes) ||
	    !is_link(wire, type->element, shape->has_element) ||
	    !is_link(wire, type->key, shape->has_key) ||
	    type->has_methods > (type->kind == GO_INTERFACE))
		return false;
	if (type->kind == GO_ARRAY ? !is_array_sound(wire, type) : type->n_elements != 0)
		return false;
	return type->kind == GO_STRUCT ? is_struct_sound(wire, type)
				       : type->first_field == 0 && type->n_fields == 0;
}

/*
 * All of the names are looked at once, and not each as a name: very many might share a very long
 * one. An offset then lies in a name whatever it is.
 */
static bool are_names_sound(struct span names)
{
	size_t begin = 0;

	if (names.n_bytes > 0 && names.data[names.n_bytes - 1] != 0)
		return false;
	while (begin < names.n_bytes) {
		const char *name = span_name(names, begin);

		if (!name)
			return false;
		begin += strlen(name) + 1;
	}
	return true;
}

/* A walk down into the parts of values, which meets each type once. */
struct walk {
	const struct wire *wire;
	uint8_t *depths; /* by type: of the parts in it; 0: not met yet, 1: without parts */
	bool *is_open; /* by type: its parts are being looked at */
	struct {
		uint32_t type, next;
	} stack[GO_MAX_DEPTH];
	size_t n;
};

/* The type of the next part of what is on top of the stack; GO_TYPE_NONE after the last. */
static uint32_t next_part(struct walk *walk)
{
	const struct wire_type *type = &walk->wire->types[walk->stack[walk->n - 1].type];
	uint32_t i = walk->stack[walk->n - 1].next++;

	if (type->kind == GO_STRUCT && i < type->n_fields)
		return walk->wire->fields[type->first_field + i].type;
	return type->kind == GO_ARRAY && i == 0 ? type->element : GO_TYPE_NONE;
}

static void open_type(struct walk *walk, uint32_t type)
{
	walk->stack[walk->n].type = type;
	walk->stack[walk->n++].next = 0;
	walk->is_open[type] = true;
	walk->depths[type] = 1;
}

/* Its container is as deep as its deepest part, and one more. */
static bool close_type(struct walk *walk)
{
	uint32_t type = walk->stack[--walk->n].type;
	uint8_t depth = walk->depths[type];

	walk->is_open[type] = false;
	if (walk->n > 0 && walk->depths[walk->stack[walk->n - 1].type] <= depth)
		walk->depths[walk->stack[walk->n - 1].type] = depth + 1;
	return depth < GO_MAX_DEPTH;
}

static bool walk_down(struct walk *walk, uint32_t root)
{
	open_type(walk, root);
	while (walk->n > 0) {
		uint32_t part = next_part(walk);

		if (part == GO_TYPE_NONE) {
			if (!close_type(walk))
				return false;
			continue;
		}
		/* It is a part of itself, or nearly as deep as that. */
		if (walk->is_open[part] || walk->n == GO_MAX_DEPTH)
			return false;
		if (!walk->depths[part])
			open_type(walk, part);
		else if (walk->depths[walk->stack[walk->n - 1].type] <= walk->depths[part])
			walk->depths[walk->stack[walk->n - 1].type] = walk->depths[part] + 1;
	}
	return true;
}

static bool are_parts_finite(const struct wire *wire)
{
	struct walk walk = {
		.wire = wire,
		.depths = calloc(wire->n_types + 1, sizeof(*walk.depths)),
		.is_open = calloc(wire->n_types + 1, sizeof(*walk.is_open)),
	};
	bool is_sound = walk.depths && walk.is_open;

	for (size_t i = 0; is_sound && i < wire->n_types; i++)
		is_sound = walk.depths[i] || walk_down(&walk, i);
	free(walk.depths);
	free(walk.is_open);
	return is_sound;
}

static bool are_types_sound(const struct wire *wire)
{
	uint32_t next_field = 0;

	if (wire->n_types > WIRE_MAX_ALL_TYPES || wire->n_fields > WIRE_MAX_FIELDS)
		return false;
	for (size_t i = 0; i < wire->n_types; i++) {
		const struct wire_type *type = &wire->types[i];

		/* Were fields shared, looking at those of all types could take for ever. */
		if (type->name >= wire->names.n_bytes ||
		    (type->n_fields && type->first_field < next_field) ||
		    !wire_type_is_sound(wire, type))
			return false;
		if (type->n_fields)
			next_field = type->first_field + type->n_fields;
	}
	for (size_t i = 0; i < wire->n_fields; i++)
		if (wire->fields[i].name >= wire->names.n_bytes ||
		    wire->fields[i].type >= wire->n_types || wire->fields[i].is_embedded > 1)
			return false;
	return are_parts_finite(wire);
}

bool wire_piece_is_sound(const struct wire_piece *piece)
{
	const int64_t max_off = 1L << 31;

	switch (piece->place) {
	case GO_PIECE_NOWHERE:
		return piece->number == 0 && piece->off == 0 && piece->n_bytes <= max_value_bytes;
	case GO_PIECE_REGISTER:
		return piece->number < 16 && piece->off == 0 && piece->n_bytes <= 8;
	case GO_PIECE_XMM:
		return piece->number < 16 && piece->off == 0 && piece->n_bytes <= 16;
	case GO_PIECE_STACK:
		return piece->number == 0 && piece->off > -max_off && piece->off < max_off &&
		       piece->n_bytes <= max_value_bytes;
	}
	return false;
}

static bool is_variable_sound(const struct wire *wire, const struct wire_variable *variable)
{
	if (variable->name >= wire->names.n_bytes || variable->type >= wire->n_types ||
	    variable->is_result > 1 || variable->is_listed > 1 ||
	    variable->n_pieces > GO_MAX_PIECES ||
	    !is_range(variable->first_piece, variable->n_pieces, wire->n_pieces))
		return false;
	for (uint32_t i = 0; variable->n_pieces > 1 && i < variable->n_pieces; i++)
		if (wire->pieces[variable->first_piece + i].n_bytes == 0)
			return false;
	return true;
}

static bool are_variables_sound(const struct wire *wire)
{
	uint32_t next_piece = 0;

	if (wire->n_variables > wire->n_signatures * WIRE_MAX_VARIABLES)
		return false;
	for (size_t i = 0; i < wire->n_pieces; i++)
		if (!wire_piece_is_sound(&wire->pieces[i]))
			return false;
	for (size_t i = 0; i < wire->n_variables; i++) {
		const struct wire_variable *variable = &wire->variables[i];

		if (!is_variable_sound(wire, variable) || variable->first_piece < next_piece)
			return false;
		next_piece = variable->first_piece + variable->n_pieces;
	}
	return true;
}

static bool is_signature_sound(const struct wire *wire, const struct wire_signature *signature)
{
	return signature->is_found <= 1 &&
	       signature->n_variables <= (signature->is_found ? WIRE_MAX_VARIABLES : 0) &&
	       is_range(signature->first_variable, signature->n_variables, wire->n_variables);
}

bool wire_is_sound(const struct wire *wire)
{
	if (!are_names_sound(wire->names) || !are_types_sound(wire) || !are_variables_sound(wire))
		return false;
	for (size_t i = 0; i < wire->n_signatures; i++)
		if (!is_signature_sound(wire, &wire->signatures[i]))
			return false;
	return true;
}
