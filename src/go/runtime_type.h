/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_RUNTIME_TYPE_H
#define GOTRACED_GO_RUNTIME_TYPE_H

#include "go/binary.h"
#include "go/type.h"

/*
 * The descriptor of a type: what the first word of an interface value leads to, of an interface
 * with methods by way of its itab (runtime/type.go:_type, from Go 1.21 on internal/abi/type.go).
 * Every program has those of the types that it puts into interfaces, stripped or not. Types that
 * a program makes as it runs, by reflection, are not in its file.
 */
enum { RUNTIME_TYPE_MAX_FIELDS = 16 };

struct runtime_field {
	char *name; /* owned */
	uint64_t type_va; /* its descriptor */
	uint64_t off;
};

struct runtime_type {
	char *name; /* as Go prints it: "*errors.errorString", "main.point"; owned */
	enum go_kind kind;
	bool is_direct; /* an interface's second word is the value itself, not its address */
	uint64_t n_bytes; /* of a value */
	uint64_t element_va; /* descriptor of what a pointer, slice or array has; else, and where
				the file does not have it, 0 */
	uint64_t n_elements; /* of an array; else 0 */
	uint64_t n_fields; /* of a struct; else 0 */
	struct runtime_field fields[RUNTIME_TYPE_MAX_FIELDS];
	size_t n_read; /* of the fields: the first ones, as far as the file has them */
};

/*
 * Reads the descriptor at va. -EINVAL when there is none, or -ENOMEM. The type is for the caller
 * to fini.
 */
int runtime_type_read(const struct go_binary *binary, uint64_t va, struct runtime_type *ret);
void runtime_type_fini(struct runtime_type *type);

#endif
