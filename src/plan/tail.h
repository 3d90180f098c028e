/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_PLAN_TAIL_H
#define GOTRACED_PLAN_TAIL_H

#include "gotraced/cookie.h"
#include "plan/code.h"

/*
 * The functions that a function ends in: those that it jumps to instead of returning, and those
 * that they jump to. A call that jumps away returns by the RETs of where it got to. The stack
 * pointer is at the return address when it jumps, so that the target's RETs see it at the same
 * depth.
 */
struct tail_return {
	uint64_t va;
	bool is_g_in_tls;
};

struct tail {
	const struct go_function *targets[COOKIE_MAX_TAIL_TARGETS];
	size_t n_targets;
	struct tail_return *returns; /* the targets' RETs; owned */
	size_t n_returns;
	char *refusal; /* why it cannot be said how the function ends; NULL when it can; owned */
};

/*
 * 0 or -errno; all zero for a function that never jumps out. The targets' code is read for each
 * function that jumps there: n_bytes_left is how much may be, and is counted down.
 */
int tail_init(struct tail *tail, const struct go_binary *binary, const struct go_function *function,
	      const struct code *code, uint64_t *n_bytes_left);
void tail_fini(struct tail *tail);

#endif
