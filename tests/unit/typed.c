/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "typed.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WORD = 8,
	MAX_FIELDS = 128,
	MAX_TYPES = 512,
	MAX_FUNCTIONS = 8,
	MAX_VARIABLES = 64,
	MAX_PIECES = 64,
	NAMES_BYTES = 1 << 16,
};

struct go_signatures typed;
static size_t n_names_bytes;
static uint8_t alignments[MAX_TYPES];
static struct abi_value places[MAX_VARIABLES];
static struct callee callee;

/* Of what has no fields; those of a struct are known later. */
static uint8_t alignment_of(const struct go_type *type)
{
	if (type->kind == GO_ARRAY)
		return alignments[type->element];
	if (type->kind == GO_STRUCT)
		return 1;
	if (type->kind == GO_COMPLEX64)
		return 4;
	return type->n_bytes && type->n_bytes < WORD ? (uint8_t)type->n_bytes : WORD;
}

void typed_init(void)
{
	cr_assert_eq(go_types_add_basic(&typed.types), 0);
	typed.types.names = malloc(NAMES_BYTES);
	typed.signatures = calloc(MAX_FUNCTIONS, sizeof(*typed.signatures));
	typed.variables = calloc(MAX_VARIABLES, sizeof(*typed.variables));
	typed.pieces = calloc(MAX_PIECES, sizeof(*typed.pieces));
	cr_assert(typed.types.names && typed.signatures && typed.variables && typed.pieces);
	n_names_bytes = 0;
	for (size_t i = 0; i < typed.types.n_types; i++)
		alignments[i] = alignment_of(&typed.types.types[i]);
}

void typed_fini(void)
{
	go_signatures_fini(&typed);
}

static const char *keep(const char *text, size_t n)
{
	char *kept = typed.types.names + n_names_bytes;

	cr_assert_lt(n_names_bytes + n, NAMES_BYTES);
	memcpy(kept, text, n);
	kept[n] = 0;
	n_names_bytes += n + 1;
	return kept;
}

uint32_t typed_add(struct go_type type)
{
	struct go_types *types = &typed.types;
	struct go_type *grown =
		reallocarray(types->types, types->n_types + 1, sizeof(*types->types));

	cr_assert_not_null(grown);
	cr_assert_lt(types->n_types, MAX_TYPES);
	types->types = grown;
	alignments[types->n_types] = alignment_of(&type);
	type.name = keep(type.name, strlen(type.name));
	grown[types->n_types] = type;
	return (uint32_t)types->n_types++;
}

static void skip_blanks(const char **at)
{
	while (**at == ' ')
		++*at;
}

static bool take(const char **at, const char *what)
{
	skip_blanks(at);
	if (strncmp(*at, what, strlen(what)) != 0)
		return false;
	*at += strlen(what);
	return true;
}

static void expect(const char **at, const char *what)
{
	cr_assert(take(at, what), "%s is wanted before: %s", what, *at);
}

static size_t name_bytes(const char *at)
{
	size_t n = 0;

	while (isalnum((unsigned char)at[n]) || (at[n] && strchr("_.~?/", at[n])) || at[n] & 0x80)
		n++;
	return n;
}

static uint64_t align(uint64_t off, uint64_t alignment)
{
	return (off + alignment - 1) / alignment * alignment;
}

static uint32_t take_type(const char **at);

/* Fields follow one another as Go lays them out; a last one without size is not behind the end. */
static void take_fields(const char **at, uint32_t type)
{
	struct go_field fields[MAX_FIELDS];
	struct go_types *types = &typed.types;
	uint64_t end = 0, alignment = 1;
	uint32_t n = 0;

	while (!take(at, "}")) {
		struct go_field *field = &fields[n++];
		size_t n_name;

		cr_assert_leq(n, MAX_FIELDS);
		skip_blanks(at);
		n_name = name_bytes(*at);
		*field = (struct go_field){ .name = keep(*at, n_name) };
		field->is_embedded = strchr(";}", (*at)[n_name]) != NULL;
		if (field->is_embedded && strchr(field->name, '.'))
			field->name = strchr(field->name, '.') + 1;
		else if (!field->is_embedded)
			*at += n_name;
		field->type = take_type(at);
		if (alignments[field->type] > alignment)
			alignment = alignments[field->type];
		field->off = align(end, alignments[field->type]);
		end = field->off + types->types[field->type].n_bytes;
		take(at, ";");
	}
	if (n && end && !types->types[fields[n - 1].type].n_bytes)
		end++;
	types->types[type].n_bytes = align(end, alignment);
	alignments[type] = (uint8_t)alignment;
	types->types[type].n_fields = n;
	types->types[type].first_field = (uint32_t)types->n_fields;
	types->fields =
		reallocarray(types->fields, types->n_fields + n + 1, sizeof(*types->fields));
	cr_assert_not_null(types->fields);
	memcpy(types->fields + types->n_fields, fields, n * sizeof(*fields));
	types->n_fields += n;
}

static uint32_t take_new(const char **at, struct go_type type)
{
	const char *start = *at;
	uint32_t element;

	if (take(at, "*")) {
		type.kind = GO_POINTER;
		type.n_bytes = WORD;
	} else if (take(at, "[]")) {
		type.kind = GO_SLICE;
		type.n_bytes = 3 * WORD;
	} else if (take(at, "chan ")) {
		type.kind = GO_CHAN;
		type.n_bytes = WORD;
	} else if (take(at, "map[")) {
		type.kind = GO_MAP;
		type.n_bytes = WORD;
		type.key = take_type(at);
		expect(at, "]");
	} else {
		expect(at, "[");
		type.kind = GO_ARRAY;
		type.n_elements = strtoull(*at, (char **)at, 10);
		expect(at, "]");
	}
	element = take_type(at);
	type.element = element;
	if (type.kind == GO_ARRAY)
		type.n_bytes = type.n_elements * typed.types.types[element].n_bytes;
	if (!type.name)
		type.name = keep(start, (size_t)(*at - start));
	return typed_add(type);
}

static uint32_t take_plain(const char **at, struct go_type type)
{
	static const struct {
		const char *name;
		enum go_kind kind;
		uint64_t n_bytes;
	} plain[] = {
		{ "func()", GO_FUNC, 8 },
		{ "complex64", GO_COMPLEX64, 8 },
		{ "complex128", GO_COMPLEX128, 16 },
	};

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (!take(at, plain[i].name))
			continue;
		type.name = type.name ? type.name : plain[i].name;
		type.kind = plain[i].kind;
		type.n_bytes = plain[i].n_bytes;
		return typed_add(type);
	}
	cr_assert(0, "no type: %s", *at);
	return GO_TYPE_NONE;
}

/* A type of a name, or of its own notation where there is none. */
static uint32_t take_named(const char **at, const char *name)
{
	const struct go_type none = { .name = name, .element = GO_TYPE_NONE, .key = GO_TYPE_NONE };
	struct go_type type = none;
	const char *start;
	uint32_t made;

	skip_blanks(at);
	start = *at;
	if (take(at, "struct{")) {
		type.kind = GO_STRUCT;
		type.name = name ? name : "struct{}";
		made = typed_add(type);
		take_fields(at, made);
		if (!name)
			typed.types.types[made].name = keep(start, (size_t)(*at - start));
		return made;
	}
	if (take(at, "interface{")) {
		*at += strcspn(*at, "}");
		expect(at, "}");
		type.kind = GO_INTERFACE;
		type.n_bytes = 2 * WORD;
		type.has_methods = true;
		type.name = name ? name : keep(start, (size_t)(*at - start));
		return typed_add(type);
	}
	return strchr("*[", **at) || strncmp(*at, "map[", 4) == 0 || strncmp(*at, "chan ", 5) == 0
		       ? take_new(at, none)
		       : take_plain(at, none);
}

static uint32_t take_type(const char **at)
{
	char name[256];
	size_t n;
	uint32_t known;

	skip_blanks(at);
	n = name_bytes(*at);
	if (n == 1 && **at == '?') {
		++*at;
		return GO_TYPE_NONE;
	}
	snprintf(name, sizeof(name), "%.*s", (int)n, *at);
	known = n && !strchr("[{(", (*at)[n] ? (*at)[n] : ' ') ? go_types_find(&typed.types, name)
							       : GO_TYPE_NONE;
	if (known == GO_TYPE_NONE)
		return take_named(at, NULL);
	*at += n;
	return known;
}

uint32_t typed_as(const char *text)
{
	const char *at = text;
	uint32_t known = go_types_find(&typed.types, text);

	if (known != GO_TYPE_NONE)
		return known;
	known = take_type(&at);
	cr_assert(!*at, "this is left of a type: %s", at);
	return known;
}

uint32_t typed_define(const char *name, const char *text)
{
	const char *at = text;
	uint32_t known = go_types_find(&typed.types, text), made;

	if (known == GO_TYPE_NONE) {
		made = take_named(&at, name);
		cr_assert(!*at, "this is left of a type: %s", at);
		return made;
	}
	made = typed_add(typed.types.types[known]);
	typed.types.types[made].name = keep(name, strlen(name));
	return made;
}

/* Those in parentheses. A result may be a type alone. */
static void take_variables(const char **at, struct go_signature *signature, bool are_results)
{
	uint32_t n = 0;

	for (expect(at, "("); !take(at, ")"); take(at, ",")) {
		struct go_variable *variable = &typed.variables[typed.n_variables++];
		size_t n_name;
		char unnamed[16];

		cr_assert_leq(typed.n_variables, MAX_VARIABLES);
		skip_blanks(at);
		n_name = name_bytes(*at);
		*variable = (struct go_variable){ .is_result = are_results };
		snprintf(unnamed, sizeof(unnamed), "~r%u", n++);
		if (n_name && (*at)[n_name] == ' ') {
			variable->name = keep(*at, n_name);
			*at += n_name;
		} else {
			variable->name = keep(unnamed, strlen(unnamed));
		}
		variable->type = take_type(at);
		signature->n_variables++;
	}
}

const struct go_signature *typed_function(const char *text)
{
	struct go_signature *signature = &typed.signatures[typed.n_signatures++];
	const char *at = text;

	cr_assert_leq(typed.n_signatures, MAX_FUNCTIONS);
	*signature = (struct go_signature){ .is_found = true,
					    .first_variable = (uint32_t)typed.n_variables };
	take_variables(&at, signature, false);
	skip_blanks(&at);
	if (*at)
		take_variables(&at, signature, true);
	cr_assert(!*at, "this is left of a signature: %s", at);
	return signature;
}

void typed_say(const char *name, bool is_listed, size_t n_pieces, const struct go_piece *pieces)
{
	const struct go_signature *signature = &typed.signatures[typed.n_signatures - 1];

	cr_assert_leq(typed.n_pieces + n_pieces, MAX_PIECES);
	for (uint32_t i = 0; i < signature->n_variables; i++) {
		struct go_variable *variable = &typed.variables[signature->first_variable + i];

		if (strcmp(variable->name, name) != 0)
			continue;
		variable->is_listed = is_listed;
		variable->first_piece = (uint32_t)typed.n_pieces;
		variable->n_pieces = (uint32_t)n_pieces;
		memcpy(typed.pieces + typed.n_pieces, pieces, n_pieces * sizeof(*pieces));
		typed.n_pieces += n_pieces;
		return;
	}
	cr_assert(0, "no variable %s", name);
}

const struct callee *typed_callee_unknown(void)
{
	callee = (struct callee){ .name = "main.f", .signatures = &typed };
	return &callee;
}

const struct callee *typed_callee(void)
{
	const struct abi_rules rules = { .has_registers = true };

	typed_callee_unknown();
	callee.signature = &typed.signatures[typed.n_signatures - 1];
	callee.places = places;
	abi_assign(&typed, callee.signature, &rules, places);
	return &callee;
}
