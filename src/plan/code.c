/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/code.h"

#include <errno.h>
#include <stdlib.h>

#include "plan/disasm.h"

/* A function's bytes while they are looked at. */
struct body {
	const struct go_binary *binary;
	const struct go_function *function;
	uint8_t *bytes;
};

enum {
	INT3 = 0xcc, /* pads the space between functions */
	/*
	 * A stack check is at most 8 instructions, its way to morestack at most as many as there
	 * are argument registers.
	 */
	MAX_CHECK_INSNS = 12,
	MAX_INSNS_TO_MORESTACK = 48,
};

static int body_init(struct body *body, const struct go_binary *binary,
		     const struct go_function *function)
{
	int err;

	*body = (struct body){ .binary = binary, .function = function };
	/*
	 * The size is bounded by the file's: functions lie in segments, and segments in the file.
	 */
	body->bytes = malloc(function->n_bytes);
	if (!body->bytes)
		return -ENOMEM;
	err = elf_file_read_va(binary->elf, function->va, body->bytes, function->n_bytes);
	if (err)
		free(body->bytes);
	return err;
}

static bool body_holds(const struct body *body, uint64_t va)
{
	return va >= body->function->va && va - body->function->va < body->function->n_bytes;
}

static bool body_insn(const struct body *body, uint64_t va, struct insn *ret)
{
	uint64_t at = va - body->function->va;

	return body_holds(body, va) &&
	       disasm(body->bytes + at, body->function->n_bytes - at, va, ret);
}

static bool is_morestack(const struct body *body, uint64_t va)
{
	const struct go_function *callee = go_binary_function_at(body->binary, va);

	return callee && strncmp(callee->name, "runtime.morestack", 17) == 0;
}

static bool leads_to_morestack(const struct body *body, uint64_t va)
{
	struct insn insn;

	for (int i = 0; i < MAX_INSNS_TO_MORESTACK && body_insn(body, va, &insn); i++) {
		if (insn.kind == INSN_CALL)
			return is_morestack(body, insn.target_va);
		if (insn.kind != INSN_OTHER)
			return false;
		va += insn.n_bytes;
	}
	return false;
}

/* The last jbe to morestack on the straight line that begins the function; see plan.c. */
static uint64_t find_stack_check(const struct body *body)
{
	uint64_t va = body->function->va, found = 0;
	struct insn insn;

	for (int i = 0; i < MAX_CHECK_INSNS && body_insn(body, va, &insn); i++) {
		uint64_t at = va - body->function->va;

		if (!disasm_is_register_only(body->bytes + at, body->function->n_bytes - at))
			break;
		if (insn.kind == INSN_JCC && !leads_to_morestack(body, insn.target_va))
			break;
		if (insn.is_jbe)
			found = va;
		va += insn.n_bytes;
	}
	return found;
}

/* Room for one element more; room for a power of two is full when the count is one. */
static int grow(void **array, size_t n, size_t element_bytes)
{
	void *grown;

	if ((n & (n - 1)) != 0)
		return 0;
	grown = reallocarray(*array, n ? 2 * n : 1, element_bytes);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	return 0;
}

static int add_return(struct code *code, uint64_t va)
{
	if (grow((void **)&code->return_vas, code->n_returns, sizeof(*code->return_vas)))
		return -ENOMEM;
	code->return_vas[code->n_returns++] = va;
	return 0;
}

static int add_exit(struct code *code, uint64_t va, uint64_t target_va)
{
	if (grow((void **)&code->exits, code->n_exits, sizeof(*code->exits)))
		return -ENOMEM;
	code->exits[code->n_exits++] = (struct code_exit){ va, target_va };
	return 0;
}

static void note_namesake(struct code *code, const struct body *body, uint64_t target_va)
{
	const struct go_function *target;

	/* Only of a function that may be a wrapper it is asked whether it is one of its namesake. */
	if (!body->function->id)
		return;
	target = go_binary_function_at(body->binary, target_va);
	if (target && target != body->function && strcmp(target->name, body->function->name) == 0)
		code->namesake = target;
}

static int note_jump(struct code *code, const struct body *body, uint64_t va,
		     const struct insn *insn, uint64_t called_va)
{
	bool is_direct = insn->kind != INSN_JMP_INDIRECT;

	if (!is_direct || !body_holds(body, insn->target_va)) {
		note_namesake(code, body, insn->target_va);
		return add_exit(code, va, insn->target_va);
	}
	if (insn->target_va != body->function->va)
		return 0;
	if (called_va && is_morestack(body, called_va))
		code->is_start_retried = true;
	else
		code->is_start_repeated = true;
	return 0;
}

static int sweep(struct code *code, const struct body *body)
{
	uint64_t end_va = body->function->va + body->function->n_bytes;
	/* What was called last, when nothing but moves have come since. */
	uint64_t called_va = 0;
	struct insn insn;
	int err = 0;

	for (uint64_t va = body->function->va; va < end_va && !err; va += insn.n_bytes) {
		if (body->bytes[va - body->function->va] == INT3) {
			insn.n_bytes = 1;
			continue;
		}
		if (!body_insn(body, va, &insn)) {
			code->undecodable_va = va;
			break;
		}
		code->n_bytes = va + insn.n_bytes - body->function->va;
		if (insn.kind == INSN_RET)
			err = add_return(code, va);
		else if (insn.kind == INSN_RET_OTHER)
			code->odd_return_va = va;
		else if (insn.kind == INSN_JMP || insn.kind == INSN_JCC ||
			 insn.kind == INSN_JMP_INDIRECT)
			err = note_jump(code, body, va, &insn, called_va);
		else if (insn.kind == INSN_PUSH && va == body->function->va)
			code->is_first_push = true;
		else if (insn.kind == INSN_CALL)
			note_namesake(code, body, insn.target_va);
		/*
		 * Behind the call of morestack arguments are put back in their registers, and then
		 * comes the jump.
		 */
		if (insn.kind != INSN_OTHER)
			called_va = insn.kind == INSN_CALL ? insn.target_va : 0;
	}
	return err;
}

int code_init(struct code *code, const struct go_binary *binary, const struct go_function *function)
{
	struct body body;
	int err;

	*code = (struct code){ 0 };
	err = body_init(&body, binary, function);
	if (err)
		return err;
	err = sweep(code, &body);
	/* Only the way back from morestack makes a check of it. */
	if (!err && code->is_start_retried)
		code->stack_check_va = find_stack_check(&body);
	if (err)
		code_fini(code);
	free(body.bytes);
	return err;
}

void code_fini(struct code *code)
{
	free(code->return_vas);
	free(code->exits);
	*code = (struct code){ 0 };
}

uint64_t code_find_call(const struct go_binary *binary, const struct go_function *function,
			const char *callee, bool *ret_is_assembly)
{
	uint64_t found = 0;
	struct body body;
	struct insn insn;

	if (body_init(&body, binary, function))
		return 0;
	for (uint64_t va = function->va; !found && body_insn(&body, va, &insn);
	     va += insn.n_bytes) {
		const struct go_function *target;

		if (insn.kind != INSN_CALL)
			continue;
		target = go_binary_function_at(binary, insn.target_va);
		if (target && strcmp(target->name, callee) == 0) {
			*ret_is_assembly = target->is_assembly;
			found = va;
		}
	}
	free(body.bytes);
	return found;
}
