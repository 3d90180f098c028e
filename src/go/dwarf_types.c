/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/dwarf_types.h"

#include <dwarf.h>
#include <stdlib.h>

#include "go/type.h"

/* cmd/internal/dwarf/dwarf.go, in every Go version */
enum {
	DW_AT_GO_KIND = 0x2900, /* reflect's, with flags above 5 bits */
	DW_AT_GO_KEY = 0x2901,
	DW_AT_GO_ELEM = 0x2902,
	DW_AT_GO_EMBEDDED_FIELD = 0x2903,
	KIND_MASK = 0x1f,
};

enum {
	FIRST_SLOTS = 1024,
	MAX_TYPEDEFS = 16,
	WORD_BYTES = 8,
};

void dwarf_types_init(struct dwarf_types *types, const struct dwarf_reader *reader,
		      struct wire_out *out)
{
	*types = (struct dwarf_types){ .reader = reader, .out = out };
}

/* The slot of an offset, or the free one that is to be its own. */
static size_t slot_of(const struct dwarf_types *types, Dwarf_Off off)
{
	size_t i = (off * 0x9e3779b97f4a7c15) >> 20;

	while (types->slots[i % types->n_slots].index &&
	       types->slots[i % types->n_slots].off != off)
		i++;
	return i % types->n_slots;
}

/* At most half of the slots are in use. */
static bool make_room(struct dwarf_types *types)
{
	struct dwarf_types larger = *types;

	if (types->n < types->n_room)
		return true;
	larger.n_slots = types->n_slots ? 2 * types->n_slots : FIRST_SLOTS;
	larger.n_room = larger.n_slots / 2;
	larger.slots = calloc(larger.n_slots, sizeof(*larger.slots));
	larger.dies = reallocarray(types->dies, larger.n_room, sizeof(*larger.dies));
	if (larger.dies)
		types->dies = larger.dies;
	if (!larger.slots || !larger.dies) {
		free(larger.slots);
		types->out->has_failed = true;
		return false;
	}
	for (size_t i = 0; i < types->n_slots; i++)
		if (types->slots[i].index)
			larger.slots[slot_of(&larger, types->slots[i].off)] = types->slots[i];
	free(types->slots);
	*types = larger;
	return true;
}

static uint32_t add(struct dwarf_types *types, const Dwarf_Die *die, size_t slot, Dwarf_Off off)
{
	uint32_t index = types->n++;

	types->slots[slot].off = off;
	types->slots[slot].index = index + 1;
	types->dies[index] = *die;
	wire_add(types->out, WIRE_TYPES);
	return index;
}

static bool is_type_parameter(const struct dwarf_types *types, Dwarf_Die *die)
{
	const char *name =
		dwarf_tag(die) == DW_TAG_typedef ? dwarf_reader_name(types->reader, die) : NULL;

	return name && strncmp(name, ".param", 6) == 0;
}

uint32_t dwarf_types_index(struct dwarf_types *types, Dwarf_Die *die, unsigned int attribute,
			   bool is_part)
{
	size_t max = is_part ? WIRE_MAX_ALL_TYPES : WIRE_MAX_TYPES, slot;
	Dwarf_Off off;
	Dwarf_Die type;

	if (!dwarf_reader_follow(die, attribute, &type) || !make_room(types))
		return GO_TYPE_NONE;
	/* What a type parameter is called is of no use: the type that it stands for is meant. */
	for (int i = 0; i < MAX_TYPEDEFS && is_type_parameter(types, &type); i++)
		if (!dwarf_reader_follow(&type, DW_AT_type, &type))
			return GO_TYPE_NONE;
	off = dwarf_dieoffset(&type);
	slot = slot_of(types, off);
	if (types->slots[slot].index)
		return types->slots[slot].index - 1;
	if (types->n >= WIRE_MAX_TYPES)
		types->out->is_cut = true;
	return types->n < max ? add(types, &type, slot, off) : (uint32_t)GO_TYPE_NONE;
}

/* What a typedef stands for, down to the DIE with Go's attributes. */
static uint32_t find_kind(Dwarf_Die *die)
{
	uint64_t kind = 0;

	for (int i = 0; i < MAX_TYPEDEFS; i++) {
		dwarf_reader_number(die, DW_AT_GO_KIND, &kind);
		if ((kind & KIND_MASK) || dwarf_tag(die) != DW_TAG_typedef ||
		    !dwarf_reader_follow(die, DW_AT_type, die))
			break;
	}
	if (kind & KIND_MASK)
		return kind & KIND_MASK;
	/* Types that the runtime and the linker make up have none. */
	switch (dwarf_tag(die)) {
	case DW_TAG_structure_type:
		return GO_STRUCT;
	case DW_TAG_array_type:
		return GO_ARRAY;
	case DW_TAG_subroutine_type:
		return GO_FUNC;
	case DW_TAG_pointer_type:
		return dwarf_hasattr(die, DW_AT_type) ? GO_POINTER : GO_UNSAFE_POINTER;
	}
	return GO_UNKNOWN;
}

static uint64_t size_of(Dwarf_Die *die, uint32_t kind)
{
	uint64_t n_bytes = 0;

	switch (kind) {
	case GO_CHAN:
	case GO_FUNC:
	case GO_MAP:
	case GO_POINTER:
	case GO_UNSAFE_POINTER:
		return WORD_BYTES;
	case GO_INTERFACE:
		return 2 * WORD_BYTES;
	}
	dwarf_reader_number(die, DW_AT_byte_size, &n_bytes);
	return n_bytes;
}

static uint64_t count_elements(Dwarf_Die *array)
{
	uint64_t n = 0, last;
	Dwarf_Die range;

	if (dwarf_child(array, &range) == 0 && dwarf_tag(&range) == DW_TAG_subrange_type &&
	    !dwarf_reader_number(&range, DW_AT_count, &n) &&
	    dwarf_reader_number(&range, DW_AT_upper_bound, &last))
		n = last + 1;
	return n;
}

/*
 * An interface with methods is a runtime.iface, one without a runtime.eface (runtime/runtime2.go).
 */
static bool has_methods(const struct dwarf_types *types, Dwarf_Die *interface)
{
	const char *name = NULL;
	Dwarf_Die words;

	if (dwarf_reader_follow(interface, DW_AT_type, &words))
		name = dwarf_reader_name(types->reader, &words);
	return name && strcmp(name, "runtime.iface") == 0;
}

static bool add_field(struct dwarf_types *types, Dwarf_Die *member)
{
	const char *name = dwarf_reader_name(types->reader, member);
	uint32_t type = dwarf_types_index(types, member, DW_AT_type, true);
	struct wire_field *field;
	uint64_t off;

	if (type == GO_TYPE_NONE || types->out->arrays[WIRE_FIELDS].n >= WIRE_MAX_FIELDS ||
	    !dwarf_reader_number(member, DW_AT_data_member_location, &off))
		return false;
	field = wire_add(types->out, WIRE_FIELDS);
	*field = (struct wire_field){
		.off = off,
		.type = type,
		.is_embedded = dwarf_reader_flag(member, DW_AT_GO_EMBEDDED_FIELD),
		.name = wire_add_name(types->out, name ? name : "?"),
	};
	return true;
}

/* All of the fields, or it is as good as a type of no known kind. */
static void add_fields(struct dwarf_types *types, Dwarf_Die *structure, struct wire_type *ret)
{
	Dwarf_Die member;

	ret->first_field = types->out->arrays[WIRE_FIELDS].n;
	if (dwarf_child(structure, &member) != 0)
		return;
	do {
		if (dwarf_tag(&member) != DW_TAG_member)
			continue;
		if (!add_field(types, &member)) {
			ret->kind = GO_UNKNOWN;
			ret->first_field = ret->n_fields = 0;
			return;
		}
		ret->n_fields++;
	} while (dwarf_reader_next(&member));
}

static void describe(struct dwarf_types *types, uint32_t index, struct wire_type *ret)
{
	Dwarf_Die die = types->dies[index];
	const char *name = dwarf_reader_name(types->reader, &die);
	uint32_t kind = find_kind(&die);

	*ret = (struct wire_type){
		.name = wire_add_name(types->out, name ? name : "?"),
		.n_bytes = size_of(&die, kind),
		.element = GO_TYPE_NONE,
		.key = GO_TYPE_NONE,
	};
	if (index >= WIRE_MAX_TYPES)
		return;
	ret->kind = kind;
	switch (kind) {
	case GO_ARRAY:
		ret->n_elements = count_elements(&die);
		ret->element = dwarf_types_index(types, &die, DW_AT_type, true);
		break;
	case GO_POINTER:
		ret->element = dwarf_types_index(types, &die, DW_AT_type, false);
		break;
	case GO_MAP:
		ret->key = dwarf_types_index(types, &die, DW_AT_GO_KEY, false);
		ret->element = dwarf_types_index(types, &die, DW_AT_GO_ELEM, false);
		break;
	case GO_CHAN:
	case GO_SLICE:
		ret->element = dwarf_types_index(types, &die, DW_AT_GO_ELEM, false);
		break;
	case GO_INTERFACE:
		ret->has_methods = has_methods(types, &die);
		break;
	case GO_STRUCT:
		add_fields(types, &die, ret);
		break;
	}
}

/* What there is about a type that cannot be relied on is not told of it. */
static void leave_out_unsound(struct wire_out *out)
{
	struct wire wire;

	wire_view(&wire, out);
	for (size_t i = 0; i < wire.n_types; i++) {
		struct wire_type *type = (struct wire_type *)&wire.types[i];

		if (!wire_type_is_sound(&wire, type))
			*type = (struct wire_type){ .name = type->name,
						    .n_bytes = type->n_bytes,
						    .element = GO_TYPE_NONE,
						    .key = GO_TYPE_NONE };
		if (!wire_type_is_sound(&wire, type))
			type->n_bytes = 0;
	}
}

void dwarf_types_describe(struct dwarf_types *types)
{
	for (size_t i = 0; i < types->n && !types->out->has_failed; i++) {
		struct wire_type type;

		describe(types, i, &type);
		/* It may have moved, as others were met. */
		if (!types->out->has_failed)
			((struct wire_type *)types->out->arrays[WIRE_TYPES].records)[i] = type;
	}
	if (!types->out->has_failed)
		leave_out_unsound(types->out);
}
