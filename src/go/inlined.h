/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_INLINED_H
#define GOTRACED_GO_INLINED_H

#include "go/binary.h"

/*
 * The calls that the compiler inlined: what was called, and into which function its body went. The
 * runtime needs to know that for stack traces, so that every program tells, stripped or not.
 *
 * Calls visit for each, with the name of what was called as the function table spells it. Stops at
 * the first true and returns it.
 */
typedef bool inlined_visit(const char *callee, const struct go_function *into, void *context);
bool inlined_each(const struct go_binary *binary, inlined_visit *visit, void *context);

/* In how many places a function was inlined. */
struct inlined_count {
	const char *name; /* as the function table spells it; owned by the caller */
	size_t n_places;
};

/* Counts for n functions at once; their names may repeat. 0 or -ENOMEM. */
int inlined_count(const struct go_binary *binary, struct inlined_count *counts, size_t n);

#endif
