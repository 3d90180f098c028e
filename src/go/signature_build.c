/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/signature_build.h"

#include <errno.h>
#include <stdlib.h>

#include "go/piece.h"

static void build_types(const struct wire *wire, struct go_types *ret)
{
	for (size_t i = 0; i < wire->n_types; i++) {
		const struct wire_type *type = &wire->types[i];

		ret->types[i] = (struct go_type){
			.name = ret->names + type->name,
			.kind = type->kind,
			.n_bytes = type->n_bytes,
			.element = type->element,
			.key = type->key,
			.n_elements = type->n_elements,
			.first_field = type->first_field,
			.n_fields = type->n_fields,
			.has_methods = type->has_methods,
		};
	}
	for (size_t i = 0; i < wire->n_fields; i++) {
		const struct wire_field *field = &wire->fields[i];

		ret->fields[i] = (struct go_field){
			.name = ret->names + field->name,
			.type = field->type,
			.off = field->off,
			.is_embedded = field->is_embedded,
		};
	}
	ret->n_types = wire->n_types;
	ret->n_fields = wire->n_fields;
}

/* Where arguments are put on the stack, one after the other. */
struct stack {
	bool has_all; /* up to Go 1.16 (cmd/compile/abi-internal.md) */
	uint64_t end_off;
};

/*
 * Notes a parameter that the stack holds when the function begins. An optimised function is also
 * said to have a place there for what came in registers, if it makes no use of it.
 */
static void pass_on_stack(struct stack *stack, const struct go_types *types,
			  const struct go_variable *variable, const struct go_piece *pieces)
{
	uint64_t end_off = stack->end_off, align = go_type_align(types, variable->type), at = 0;
	bool is_there = stack->has_all;
	int64_t off = (int64_t)(end_off + (-end_off & (align - 1)));

	if (stack->has_all || variable->is_listed || !go_type_has_leaves(types, variable->type)) {
		for (uint32_t i = 0; i < variable->n_pieces; at += pieces[i++].n_bytes) {
			if (pieces[i].place != GO_PIECE_STACK)
				continue;
			off = pieces[i].off - (int64_t)at;
			is_there = true;
			break;
		}
	}
	if (is_there && off >= 0 && !variable->is_result)
		stack->end_off = (uint64_t)off + types->types[variable->type].n_bytes;
}

static void build_variable(const struct wire *wire, size_t i, struct stack *stack,
			   struct go_signatures *ret)
{
	const struct wire_variable *said = &wire->variables[i];
	uint64_t align = go_type_align(&ret->types, said->type);
	struct go_variable *variable = &ret->variables[i];
	struct go_piece pieces[GO_MAX_PIECES], *to = ret->pieces + ret->n_pieces;
	struct go_location location = {
		.type = said->type,
		.is_listed = said->is_listed,
		.pieces = pieces,
		.n_pieces = said->n_pieces,
		.stack_off = stack->end_off + (-stack->end_off & (align - 1)),
	};

	for (uint32_t k = 0; k < said->n_pieces; k++) {
		const struct wire_piece *piece = &wire->pieces[said->first_piece + k];

		pieces[k] = (struct go_piece){
			.place = piece->place,
			.number = piece->number,
			.off = piece->off,
			.n_bytes = piece->n_bytes,
		};
	}
	*variable = (struct go_variable){
		.name = ret->types.names + said->name,
		.type = said->type,
		.is_result = said->is_result,
		.first_piece = ret->n_pieces,
		.n_pieces = go_pieces_fit(&ret->types, &location, to),
	};
	variable->is_listed = said->is_listed && variable->n_pieces > 0;
	ret->n_pieces += variable->n_pieces;
	pass_on_stack(stack, &ret->types, variable, to);
}

/* Functions that begin at the same address have the same variables. */
static void build_signatures(const struct wire *wire, int go_minor, bool *is_first,
			     struct go_signatures *ret)
{
	struct stack stack = { 0 };

	for (size_t i = 0; i < wire->n_signatures; i++) {
		const struct wire_signature *signature = &wire->signatures[i];

		ret->signatures[i] = (struct go_signature){
			.is_found = signature->is_found,
			.first_variable = signature->first_variable,
			.n_variables = signature->n_variables,
		};
		if (signature->n_variables)
			is_first[signature->first_variable] = true;
	}
	for (size_t i = 0; i < wire->n_variables; i++) {
		if (is_first[i])
			stack = (struct stack){ .has_all = go_minor <= 16 };
		build_variable(wire, i, &stack, ret);
	}
	ret->n_signatures = wire->n_signatures;
	ret->n_variables = wire->n_variables;
	ret->is_cut = wire->is_cut;
}

static int build(const struct wire *wire, int go_minor, struct go_signatures *ret)
{
	/* Between any two pieces there may have to be another. */
	size_t max_pieces = 2 * wire->n_pieces + wire->n_variables + GO_MAX_PIECES;
	bool *is_first = calloc(wire->n_variables + 1, sizeof(*is_first));
	struct go_signatures built = {
		.types.types = calloc(wire->n_types + 1, sizeof(*built.types.types)),
		.types.fields = calloc(wire->n_fields + 1, sizeof(*built.types.fields)),
		.types.names = calloc(wire->names.n_bytes + 1, 1),
		.signatures = calloc(wire->n_signatures + 1, sizeof(*built.signatures)),
		.variables = calloc(wire->n_variables + 1, sizeof(*built.variables)),
		.pieces = calloc(max_pieces, sizeof(*built.pieces)),
	};

	if (!is_first || !built.types.types || !built.types.fields || !built.types.names ||
	    !built.signatures || !built.variables || !built.pieces) {
		free(is_first);
		go_signatures_fini(&built);
		return -ENOMEM;
	}
	span_copy(wire->names, 0, built.types.names, wire->names.n_bytes);
	build_types(wire, &built.types);
	build_signatures(wire, go_minor, is_first, &built);
	free(is_first);
	*ret = built;
	return 0;
}

int go_signatures_build(struct span answer, size_t n, int go_minor, struct go_signatures *ret)
{
	struct wire wire;

	if (!wire_open(&wire, answer) || wire.n_signatures != n || !wire_is_sound(&wire))
		return -EINVAL;
	return build(&wire, go_minor, ret);
}
