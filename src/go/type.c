/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/type.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Types that lead to another one name it; it comes before. */
static const struct {
	const char *name;
	enum go_kind kind;
	uint64_t n_bytes;
	const char *element;
	bool has_methods;
} basic[] = {
	{ "bool", GO_BOOL, 1, NULL, false },
	{ "int", GO_INT, 8, NULL, false },
	{ "int8", GO_INT8, 1, NULL, false },
	{ "int16", GO_INT16, 2, NULL, false },
	{ "int32", GO_INT32, 4, NULL, false },
	{ "int64", GO_INT64, 8, NULL, false },
	{ "uint", GO_UINT, 8, NULL, false },
	{ "uint8", GO_UINT8, 1, NULL, false },
	{ "uint16", GO_UINT16, 2, NULL, false },
	{ "uint32", GO_UINT32, 4, NULL, false },
	{ "uint64", GO_UINT64, 8, NULL, false },
	{ "uintptr", GO_UINTPTR, 8, NULL, false },
	{ "byte", GO_UINT8, 1, NULL, false },
	{ "rune", GO_INT32, 4, NULL, false },
	{ "float32", GO_FLOAT32, 4, NULL, false },
	{ "float64", GO_FLOAT64, 8, NULL, false },
	{ "string", GO_STRING, 16, NULL, false },
	{ "error", GO_INTERFACE, 16, NULL, true },
	{ "any", GO_INTERFACE, 16, NULL, false },
	{ "interface{}", GO_INTERFACE, 16, NULL, false },
	{ "unsafe.Pointer", GO_UNSAFE_POINTER, 8, NULL, false },
	{ "time.Duration", GO_INT64, 8, NULL, false },
	{ "[]byte", GO_SLICE, 24, "uint8", false },
	{ "[]int", GO_SLICE, 24, "int", false },
	{ "[]string", GO_SLICE, 24, "string", false },
	{ "*int", GO_POINTER, 8, "int", false },
	{ "*string", GO_POINTER, 8, "string", false },
};

enum { N_BASIC = sizeof(basic) / sizeof(basic[0]) };

uint32_t go_types_find(const struct go_types *types, const char *name)
{
	for (size_t i = 0; i < types->n_types; i++)
		if (strcmp(types->types[i].name, name) == 0)
			return (uint32_t)i;
	return GO_TYPE_NONE;
}

int go_types_add_basic(struct go_types *types)
{
	struct go_type *grown =
		reallocarray(types->types, types->n_types + N_BASIC, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	types->types = grown;
	for (size_t i = 0; i < N_BASIC; i++) {
		grown[types->n_types] = (struct go_type){
			.name = basic[i].name,
			.kind = basic[i].kind,
			.n_bytes = basic[i].n_bytes,
			.element = basic[i].element ? go_types_find(types, basic[i].element)
						    : GO_TYPE_NONE,
			.key = GO_TYPE_NONE,
			.has_methods = basic[i].has_methods,
		};
		types->n_types++;
	}
	return 0;
}
