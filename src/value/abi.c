/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/abi.h"

enum {
	WORD = 8,
	N_XMM = 15, /* that hold values */
	/*
	 * How many parts of a value are looked at: what is made to have very many, one within the
	 * other, must not take for ever.
	 */
	MAX_PARTS = 1 << 14,
};

/* In the order in which they are taken, as DWARF numbers them. */
static const uint8_t integer_registers[] = { 0, 3, 2, 5, 4, 8, 9, 10, 11 };

enum { N_INTEGERS = sizeof(integer_registers) };

/* What is taken so far. */
struct assignment {
	const struct go_types *types;
	bool has_registers;
	size_t n_integers, n_xmm;
	uint64_t stack_bytes;
	size_t n_parts_left; /* to look at, of the value under way */
	uint64_t spill_bytes; /* room for what is in registers */
	uint64_t value_bytes; /* of all, without what is between them */
};

static uint64_t align(uint64_t off, uint64_t alignment)
{
	return (off + alignment - 1) / alignment * alignment;
}

static uint64_t alignment_of(const struct go_types *types, uint32_t type, size_t *n_parts_left)
{
	const struct go_type *of = &types->types[type];
	uint64_t most = 1;

	if (*n_parts_left == 0)
		return WORD;
	--*n_parts_left;
	switch (of->kind) {
	case GO_ARRAY:
		return of->element == GO_TYPE_NONE ? WORD
						   : alignment_of(types, of->element, n_parts_left);
	case GO_STRUCT:
		for (uint32_t i = 0; i < of->n_fields && most < WORD; i++) {
			uint32_t field = types->fields[of->first_field + i].type;
			uint64_t least = alignment_of(types, field, n_parts_left);

			most = least > most ? least : most;
		}
		return most;
	case GO_COMPLEX64:
		return 4;
	default:
		return of->n_bytes == 1 || of->n_bytes == 2 || of->n_bytes == 4 ? of->n_bytes
										: WORD;
	}
}

uint64_t abi_alignment(const struct go_types *types, uint32_t type)
{
	size_t n_parts_left = MAX_PARTS;

	return alignment_of(types, type, &n_parts_left);
}

static bool add_piece(struct abi_value *value, enum go_piece_place place, uint8_t number,
		      uint64_t at, uint64_t n_bytes)
{
	if (value->n_pieces == GO_MAX_PIECES)
		return false;
	value->pieces[value->n_pieces++] = (struct abi_piece){
		.place = place, .number = number, .at = at, .n_bytes = n_bytes
	};
	return true;
}

static bool take_integer(struct assignment *taken, uint64_t at, uint64_t n_bytes,
			 struct abi_value *value)
{
	return taken->n_integers < N_INTEGERS &&
	       add_piece(value, GO_PIECE_REGISTER, integer_registers[taken->n_integers++], at,
			 n_bytes);
}

static bool take_words(struct assignment *taken, uint64_t at, size_t n, struct abi_value *value)
{
	for (size_t i = 0; i < n; i++)
		if (!take_integer(taken, at + i * WORD, WORD, value))
			return false;
	return true;
}

static bool take_xmm(struct assignment *taken, uint64_t at, uint64_t n_bytes,
		     struct abi_value *value)
{
	return taken->n_xmm < N_XMM &&
	       add_piece(value, GO_PIECE_XMM, (uint8_t)taken->n_xmm++, at, n_bytes);
}

/* False when the whole value has to go on the stack. */
static bool take_registers(struct assignment *taken, uint32_t type, uint64_t at,
			   struct abi_value *value)
{
	const struct go_types *types = taken->types;
	const struct go_type *of = &types->types[type];

	if (taken->n_parts_left == 0)
		return false;
	taken->n_parts_left--;
	switch (of->kind) {
	case GO_FLOAT32:
	case GO_FLOAT64:
		return take_xmm(taken, at, of->n_bytes, value);
	case GO_COMPLEX64:
	case GO_COMPLEX128:
		return take_xmm(taken, at, of->n_bytes / 2, value) &&
		       take_xmm(taken, at + of->n_bytes / 2, of->n_bytes / 2, value);
	case GO_STRING:
	case GO_INTERFACE:
		return take_words(taken, at, 2, value);
	case GO_SLICE:
		return take_words(taken, at, 3, value);
	case GO_ARRAY:
		return of->n_elements == 0 || (of->n_elements == 1 && of->element != GO_TYPE_NONE &&
					       take_registers(taken, of->element, at, value));
	case GO_STRUCT:
		for (uint32_t i = 0; i < of->n_fields; i++) {
			const struct go_field *field = &types->fields[of->first_field + i];

			if (!take_registers(taken, field->type, at + field->off, value))
				return false;
		}
		return true;
	case GO_UNKNOWN:
		return false;
	default:
		return take_integer(taken, at, of->n_bytes, value);
	}
}

static void put_on_stack(struct abi_value *value, uint64_t off, uint64_t n_bytes)
{
	*value = (struct abi_value){ .is_known = true };
	if (n_bytes == 0)
		return;
	add_piece(value, GO_PIECE_STACK, 0, 0, n_bytes);
	value->pieces[0].off = (int64_t)(WORD + off);
}

static void assign(struct assignment *taken, uint32_t type, struct abi_value *ret)
{
	const struct assignment before = *taken;
	uint64_t n_bytes = taken->types->types[type].n_bytes;
	uint64_t alignment = abi_alignment(taken->types, type);

	*ret = (struct abi_value){ .is_known = true };
	taken->n_parts_left = MAX_PARTS;
	/* What has no bytes belongs to the stack: what follows there is aligned to it. */
	if (taken->has_registers && n_bytes > 0 && take_registers(taken, type, 0, ret)) {
		taken->spill_bytes = align(taken->spill_bytes, alignment) + n_bytes;
	} else {
		*taken = before;
		taken->stack_bytes = align(taken->stack_bytes, alignment);
		put_on_stack(ret, taken->stack_bytes, n_bytes);
		taken->stack_bytes += n_bytes;
	}
	taken->value_bytes += n_bytes;
}

static bool is_on_stack(const struct abi_value *value)
{
	return value->n_pieces == 1 && value->pieces[0].place == GO_PIECE_STACK;
}

/* What DWARF says, as far as it is somewhere. */
static void as_listed(const struct go_signatures *signatures, const struct go_variable *variable,
		      struct abi_value *ret)
{
	const struct go_piece *pieces = signatures->pieces + variable->first_piece;
	uint64_t at = 0;

	*ret = (struct abi_value){ 0 };
	for (uint32_t i = 0; i < variable->n_pieces; i++) {
		if (pieces[i].place != GO_PIECE_NOWHERE &&
		    add_piece(ret, pieces[i].place, pieces[i].number, at, pieces[i].n_bytes))
			ret->pieces[ret->n_pieces - 1].off = pieces[i].off + WORD;
		at += pieces[i].n_bytes;
	}
	ret->is_known = ret->n_pieces > 0;
}

/* Where the value would begin if all of it were on the stack as its first listed piece is. */
static int64_t listed_off(const struct abi_value *listed)
{
	return listed->pieces[0].off - (int64_t)listed->pieces[0].at;
}

/* Is the first piece of the list where the value has it? Padding may be cut differently. */
static bool is_as_listed(const struct abi_value *value, const struct abi_value *listed)
{
	const struct abi_piece *first = &listed->pieces[0];

	if (!listed->is_known || value->n_pieces == 0)
		return true;
	if (first->place == GO_PIECE_STACK)
		return is_on_stack(value) && value->pieces[0].off == listed_off(listed);
	for (size_t i = 0; i < value->n_pieces; i++)
		if (value->pieces[i].at == first->at)
			return value->pieces[i].place == first->place &&
			       value->pieces[i].number == first->number;
	return false;
}

/* Those that are parameters, or those that are results. */
static void assign_all(const struct go_signatures *signatures, const struct go_signature *signature,
		       bool are_results, struct assignment *taken, struct abi_value *ret)
{
	const struct go_variable *variables = signatures->variables + signature->first_variable;

	for (uint32_t i = 0; i < signature->n_variables; i++)
		if (variables[i].is_result == are_results)
			assign(taken, variables[i].type, &ret[i]);
	taken->stack_bytes = align(taken->stack_bytes, WORD);
	taken->spill_bytes = align(taken->spill_bytes, WORD);
}

/* The order in which places of a kind are taken. */
static int64_t rank_of(const struct abi_value *listed)
{
	const struct abi_piece *first = &listed->pieces[0];
	int64_t i = 0;

	switch (first->place) {
	case GO_PIECE_STACK:
		return listed_off(listed);
	case GO_PIECE_XMM:
		return first->number;
	default:
		while (i < N_INTEGERS && integer_registers[i] != first->number)
			i++;
		return i;
	}
}

/* What has no room in registers is on the stack, whatever there is beside it. */
static bool is_always_on_stack(const struct go_types *types, uint32_t type, bool has_registers)
{
	struct assignment taken = { .types = types, .n_parts_left = MAX_PARTS };
	struct abi_value value = { 0 };

	return !has_registers || types->types[type].n_bytes == 0 ||
	       !take_registers(&taken, type, 0, &value);
}

/* Where the parameter is as the function begins, if DWARF tells. */
static bool find_listed(const struct go_signatures *signatures, const struct go_variable *variable,
			bool has_registers, struct abi_value *ret)
{
	as_listed(signatures, variable, ret);
	/* Of one that may have come in a register, a single place is where it is spilled to. */
	return variable->is_listed ? ret->is_known
				   : is_on_stack(ret) && listed_off(ret) >= WORD &&
					     is_always_on_stack(&signatures->types, variable->type,
								has_registers);
}

/*
 * Do the lists put parameters elsewhere? Not if they are in error: of a parameter that may become
 * another one's value they say that it is in that one's place from the beginning.
 */
static bool are_listed_elsewhere(const struct go_signatures *signatures,
				 const struct go_signature *signature, bool has_registers,
				 const struct abi_value *ret)
{
	const struct go_variable *variables = signatures->variables + signature->first_variable;
	int64_t ranks[] = { [GO_PIECE_REGISTER] = -1, [GO_PIECE_XMM] = -1, [GO_PIECE_STACK] = -1 };
	bool are_elsewhere = false;

	for (uint32_t i = 0; i < signature->n_variables; i++) {
		struct abi_value listed;
		int64_t *rank;

		if (variables[i].is_result ||
		    !find_listed(signatures, &variables[i], has_registers, &listed))
			continue;
		are_elsewhere |= !is_as_listed(&ret[i], &listed);
		rank = &ranks[listed.pieces[0].place];
		if (rank_of(&listed) <= *rank)
			return false;
		*rank = rank_of(&listed);
	}
	return are_elsewhere;
}

/* Some were left out, so that the others may be in their places. */
static void distrust_parameters(const struct go_signatures *signatures,
				const struct go_signature *signature, bool has_registers,
				struct abi_value *ret)
{
	const struct go_variable *variables = signatures->variables + signature->first_variable;

	for (uint32_t i = 0; i < signature->n_variables; i++) {
		struct abi_value listed;

		if (variables[i].is_result)
			continue;
		if (!find_listed(signatures, &variables[i], has_registers, &listed))
			ret[i] = (struct abi_value){ 0 };
		else if (is_on_stack(&ret[i]) && listed.pieces[0].place == GO_PIECE_STACK)
			ret[i].pieces[0].off = listed_off(&listed);
		else
			ret[i] = listed;
	}
}

/* Likewise, and those on the stack are so many bytes further on; 0: nobody knows. */
static void move_results(const struct go_signatures *signatures,
			 const struct go_signature *signature, uint64_t n_bytes,
			 struct abi_value *ret)
{
	const struct go_variable *variables = signatures->variables + signature->first_variable;

	for (uint32_t i = 0; i < signature->n_variables; i++) {
		struct abi_value said;

		if (!variables[i].is_result || !is_on_stack(&ret[i]))
			continue;
		as_listed(signatures, &variables[i], &said);
		if (is_on_stack(&said) && listed_off(&said) >= WORD)
			ret[i].pieces[0].off = listed_off(&said);
		else if (n_bytes)
			ret[i].pieces[0].off += (int64_t)n_bytes;
		else
			ret[i] = (struct abi_value){ 0 };
	}
}

void abi_assign(const struct go_signatures *signatures, const struct go_signature *signature,
		const struct abi_rules *rules, struct abi_value *ret)
{
	struct assignment taken = { .types = &signatures->types,
				    .has_registers = rules->has_registers };
	uint64_t spill_bytes, n_bytes;
	bool are_without_gaps, are_all_there;

	assign_all(signatures, signature, false, &taken, ret);
	spill_bytes = taken.spill_bytes;
	are_without_gaps = taken.value_bytes == taken.stack_bytes + spill_bytes;
	taken.n_integers = taken.n_xmm = 0;
	assign_all(signatures, signature, true, &taken, ret);
	n_bytes = taken.stack_bytes + spill_bytes;
	if (rules->is_size_known && rules->n_bytes != n_bytes) {
		bool is_behind = !rules->has_registers && rules->n_bytes > n_bytes;

		distrust_parameters(signatures, signature, rules->has_registers, ret);
		move_results(signatures, signature, is_behind ? rules->n_bytes - n_bytes : 0, ret);
		return;
	}
	are_all_there = rules->has_all_names || (rules->is_size_known && are_without_gaps);
	if (!are_all_there &&
	    are_listed_elsewhere(signatures, signature, rules->has_registers, ret))
		distrust_parameters(signatures, signature, rules->has_registers, ret);
}
