/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_PLAN_NAME_H
#define GOTRACED_PLAN_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "go/span.h"

/*
 * How a Go function's name can be written. The function table spells it as the linker does, with
 * escapes in the last element of an import path and with what stands for the type arguments of a
 * generic function; people write it as the source has it. A form brings both to what they have in
 * common.
 */
enum name_form {
	/* gopkg.in/yaml%2ev2.Marshal: gopkg.in/yaml.v2.Marshal */
	NAME_UNESCAPED,
	/*
	 * main.F[go.shape.int_0,go.shape.*uint8]: main.F[int,*]. The compiler makes one function
	 * for all type arguments of a shape (cmd/compile/internal/noder, shapify), that is of the
	 * same underlying type, all pointers being one; Go 1.18 and 1.19 number the arguments.
	 */
	NAME_SHAPED,
	/* main.(*List[go.shape.int]).Push: main.(*List).Push */
	NAME_WITHOUT_TYPE_ARGUMENTS,
	/* main.(*List[...]).Push: main.List.Push, as for a method without a pointer */
	NAME_WITHOUT_POINTER,
	N_NAME_FORMS,
};

enum { NAME_MAX_BYTES = SPAN_MAX_STRING };

/* Writes the form of a name, which is never longer than the name; cut to fit. */
void name_write(enum name_form form, const char *name, char to[NAME_MAX_BYTES]);

/* Are there type arguments in it, more than [...], which stands for any? */
bool name_has_type_arguments(const char *name);

/* True for what has any, or [...]. */
bool name_is_generic(const char *name);

#endif
