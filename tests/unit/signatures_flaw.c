/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire_image.h"

static bool is_name_sound(const char *name)
{
	return name && strlen(name) < SPAN_MAX_STRING && !span_has_control(name, strlen(name));
}

/* Goes into the parts of a value as whoever shows it would, each of so many at most. */
static const char *value_flaw(const struct go_types *types, uint32_t index, int depth, int *n_left)
{
	const struct go_type *type;
	const char *flaw = NULL;

	if (index >= types->n_types)
		return "a part of no type";
	if (depth > GO_MAX_DEPTH)
		return "parts without end";
	if (--*n_left < 0)
		return NULL;
	type = &types->types[index];
	if (type->kind == GO_ARRAY) {
		if (type->n_elements * types->types[type->element].n_bytes != type->n_bytes)
			return "an array that is not its elements";
		return value_flaw(types, type->element, depth + 1, n_left);
	}
	for (uint32_t i = 0; i < type->n_fields && !flaw; i++) {
		const struct go_field *field = &types->fields[type->first_field + i];

		if (!is_name_sound(field->name))
			return "a field without a name";
		flaw = value_flaw(types, field->type, depth + 1, n_left);
		if (!flaw && (field->off > type->n_bytes ||
			      types->types[field->type].n_bytes > type->n_bytes - field->off))
			return "a field outside of its struct";
	}
	return flaw;
}

static const char *type_flaw(const struct go_types *types, uint32_t index)
{
	const struct go_type *type = &types->types[index];
	int n_left = 1000;

	if (!is_name_sound(type->name))
		return "a type without a name";
	if (type->kind < GO_UNKNOWN || type->kind >= N_GO_KINDS)
		return "a kind that there is not";
	if ((type->element != GO_TYPE_NONE && type->element >= types->n_types) ||
	    (type->key != GO_TYPE_NONE && type->key >= types->n_types))
		return "a link to no type";
	if (type->first_field > types->n_fields ||
	    type->n_fields > types->n_fields - type->first_field)
		return "fields that there are not";
	return value_flaw(types, index, 1, &n_left);
}

static const char *variable_flaw(const struct go_signatures *all,
				 const struct go_variable *variable)
{
	uint64_t n_bytes = 0;

	if (!is_name_sound(variable->name) || variable->type >= all->types.n_types)
		return "a variable without name or type";
	if (variable->n_pieces > GO_MAX_PIECES || variable->first_piece > all->n_pieces ||
	    variable->n_pieces > all->n_pieces - variable->first_piece)
		return "pieces that there are not";
	for (uint32_t i = 0; i < variable->n_pieces; i++) {
		const struct go_piece *piece = &all->pieces[variable->first_piece + i];

		if (piece->n_bytes == 0 || piece->number > 15 ||
		    (piece->place == GO_PIECE_REGISTER && piece->n_bytes > 8) ||
		    (piece->place == GO_PIECE_XMM && piece->n_bytes > 16))
			return "a piece of no size or number that there is";
		n_bytes += piece->n_bytes;
	}
	if (variable->n_pieces && n_bytes != all->types.types[variable->type].n_bytes)
		return "pieces that are not the value";
	return variable->is_listed && !variable->n_pieces ? "a list of nothing" : NULL;
}

const char *signatures_flaw(const struct go_signatures *signatures)
{
	const char *flaw = NULL;

	for (size_t i = 0; i < signatures->types.n_types && !flaw; i++)
		flaw = type_flaw(&signatures->types, i);
	for (size_t i = 0; i < signatures->n_variables && !flaw; i++)
		flaw = variable_flaw(signatures, &signatures->variables[i]);
	for (size_t i = 0; i < signatures->n_signatures && !flaw; i++) {
		const struct go_signature *signature = &signatures->signatures[i];

		if (signature->first_variable > signatures->n_variables ||
		    signature->n_variables > signatures->n_variables - signature->first_variable)
			flaw = "variables that there are not";
	}
	return flaw;
}
