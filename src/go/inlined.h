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

/* In how many places each function was inlined. */
struct inlined_count {
	const char *name; /* owned by the binary */
	size_t n_places;
};

struct inlined_counts {
	struct inlined_count *counts; /* by name; owned */
	size_t n;
};

/* 0 or -ENOMEM. */
int inlined_counts_init(struct inlined_counts *counts, const struct go_binary *binary);
void inlined_counts_fini(struct inlined_counts *counts);

/* 0 for a function that was never inlined. */
size_t inlined_places(const struct inlined_counts *counts, const char *name);

#endif
