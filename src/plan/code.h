/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_PLAN_CODE_H
#define GOTRACED_PLAN_CODE_H

#include "go/binary.h"

/* A jump out of a function. */
struct code_exit {
	uint64_t va, target_va; /* target_va: 0 when it goes through a register or pointer */
};

/*
 * What one sweep through the instructions of a function finds. Addresses are 0 where there is no
 * such thing.
 */
struct code {
	uint64_t *return_vas; /* every RET; owned */
	size_t n_returns;
	struct code_exit *exits; /* owned */
	size_t n_exits;
	uint64_t n_bytes; /* up to the padding behind it */
	uint64_t undecodable_va; /* the sweep ended here: these bytes are no instruction */
	uint64_t odd_return_va; /* a RET that Go's compiler does not write */
	uint64_t stack_check_va; /* the jbe of the stack check, the last one of several */
	const struct go_function
		*namesake; /* of a function with an id: another of its name that it calls or
					      jumps to */
	bool is_first_push; /* the function begins with the push of a register */
	bool is_start_repeated; /* a jump leads back to the first instruction: a loop */
	bool is_start_retried; /* such a jump, but after a call of runtime.morestack */
};

/* -EINVAL when the function does not lie in the file. *ret is for the caller to fini. */
int code_init(struct code *code, const struct go_binary *binary,
	      const struct go_function *function);
void code_fini(struct code *code);

/*
 * The first call in a function to one of that name, and whether that callee is assembly. 0 when
 * there is none.
 */
uint64_t code_find_call(const struct go_binary *binary, const struct go_function *function,
			const char *callee, bool *ret_is_assembly);

#endif
