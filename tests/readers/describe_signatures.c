/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "go/signature.h"

static json_t *index_json(uint32_t type)
{
	return type == GO_TYPE_NONE ? json_null() : json_integer(type);
}

static json_t *type_json(const struct go_types *types, const struct go_type *type)
{
	json_t *fields = json_array();

	for (uint32_t i = 0; i < type->n_fields; i++) {
		const struct go_field *field = &types->fields[type->first_field + i];

		json_array_append_new(fields, json_pack("{s:s, s:o, s:I, s:b}", "name", field->name,
							"type", index_json(field->type), "off",
							(json_int_t)field->off, "is_embedded",
							field->is_embedded));
	}
	return json_pack("{s:s, s:i, s:I, s:o, s:o, s:I, s:b, s:o}", "name", type->name, "kind",
			 (int)type->kind, "bytes", (json_int_t)type->n_bytes, "element",
			 index_json(type->element), "key", index_json(type->key), "elements",
			 (json_int_t)type->n_elements, "has_methods", type->has_methods, "fields",
			 fields);
}

/* As [place, its number or offset, bytes]. */
static json_t *piece_json(const struct go_piece *piece)
{
	static const char *const places[] = {
		[GO_PIECE_NOWHERE] = "nowhere",
		[GO_PIECE_REGISTER] = "register",
		[GO_PIECE_XMM] = "xmm",
		[GO_PIECE_STACK] = "stack",
	};

	return json_pack("[s, I, I]", places[piece->place],
			 piece->place == GO_PIECE_STACK ? (json_int_t)piece->off
							: (json_int_t)piece->number,
			 (json_int_t)piece->n_bytes);
}

static json_t *variable_json(const struct go_signatures *all, const struct go_variable *variable)
{
	json_t *pieces = json_array();

	for (uint32_t i = 0; i < variable->n_pieces; i++)
		json_array_append_new(pieces, piece_json(&all->pieces[variable->first_piece + i]));
	return json_pack("{s:s, s:o, s:b, s:b, s:o}", "name", variable->name, "type",
			 index_json(variable->type), "is_result", variable->is_result, "is_listed",
			 variable->is_listed, "pieces", pieces);
}

static json_t *signature_json(const struct go_signatures *all, const struct go_signature *signature)
{
	json_t *variables = signature->is_found ? json_array() : json_null();

	for (uint32_t i = 0; i < signature->n_variables; i++)
		json_array_append_new(
			variables,
			variable_json(all, &all->variables[signature->first_variable + i]));
	return variables;
}

static void print(const struct go_signatures *all, const char *const *names)
{
	json_t *functions = json_object(), *types = json_array();
	json_t *whole = json_pack("{s:o, s:o, s:b}", "functions", functions, "types", types,
				  "is_cut", all->is_cut);

	for (size_t i = 0; i < all->n_signatures; i++)
		json_object_set_new_nocheck(functions, names[i],
					    signature_json(all, &all->signatures[i]));
	for (size_t i = 0; i < all->types.n_types; i++)
		json_array_append_new(types, type_json(&all->types, &all->types.types[i]));
	json_dumpf(whole, stdout, JSON_COMPACT);
	puts("");
	json_decref(whole);
}

/* All functions whose names begin with a prefix, or with any. */
static size_t choose(const struct go_binary *binary, const char *prefix, uint64_t *vas,
		     const char **names)
{
	size_t n = 0;

	for (size_t i = 0; i < binary->n_functions; i++) {
		if (strncmp(binary->functions[i].name, prefix, strlen(prefix)) != 0)
			continue;
		names[n] = binary->functions[i].name;
		vas[n++] = binary->functions[i].va;
	}
	return n;
}

/*
 * describe_signatures PROGRAM PREFIX: prints what the reader of signatures makes of the functions
 * whose names begin so: a JSON object.
 */
int main(int argc, char **argv)
{
	struct go_signatures signatures = { 0 };
	struct go_binary *binary;
	struct reason why;
	const char **names;
	uint64_t *vas;
	size_t n;
	int err;

	if (argc != 3)
		return 2;
	if (go_binary_open(argv[1], &binary, &why)) {
		fprintf(stderr, "%s\n", why.text);
		return EXIT_FAILURE;
	}
	vas = calloc(binary->n_functions, sizeof(*vas));
	names = calloc(binary->n_functions, sizeof(*names));
	n = choose(binary, argv[2], vas, names);
	err = go_signatures_read(binary, vas, n, &signatures, &why);
	if (err)
		fprintf(stderr, "%s\n", why.text);
	else
		print(&signatures, names);
	go_signatures_fini(&signatures);
	free(vas);
	free(names);
	go_binary_close(binary);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
