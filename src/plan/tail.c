/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/tail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* No function of a sound program jumps out in more places. */
enum { MAX_EXITS = 256 };

#define REFUSE(tail, ...) (asprintf(&(tail)->refusal, __VA_ARGS__) < 0 ? -ENOMEM : 0)

static bool is_known(const struct tail *tail, const struct go_function *target)
{
	for (size_t i = 0; i < tail->n_targets; i++)
		if (tail->targets[i] == target)
			return true;
	return false;
}

static int add_returns(struct tail *tail, const struct code *code, bool is_g_in_tls)
{
	struct tail_return *grown;

	if (code->n_returns == 0)
		return 0;
	grown = reallocarray(tail->returns, tail->n_returns + code->n_returns, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	tail->returns = grown;
	for (size_t i = 0; i < code->n_returns; i++)
		grown[tail->n_returns++] = (struct tail_return){ code->return_vas[i], is_g_in_tls };
	return 0;
}

/* Says what forbids to follow the jump; nothing when it can be. */
static int check_exit(struct tail *tail, const struct go_binary *binary,
		      const struct go_function *from, const struct code_exit *exit,
		      const struct go_function *target)
{
	struct pclntab_function entry;
	int32_t sp_delta;

	if (!exit->target_va)
		return REFUSE(tail,
			      "it leaves by a jump through a register or pointer at 0x%lx, and "
			      "where to is not known",
			      exit->va);
	if (!target || target->va != exit->target_va)
		return REFUSE(tail, "it leaves by a jump at 0x%lx to %s", exit->va,
			      target ? "the middle of another function"
				     : "code outside the function table");
	if (!pclntab_function(&binary->pclntab, from->index, &entry) ||
	    !pclntab_sp_delta(&binary->pclntab, &entry, exit->va, &sp_delta) || sp_delta != 0)
		return REFUSE(tail,
			      "it leaves by a jump at 0x%lx to %s with its frame still on the "
			      "stack",
			      exit->va, target->name);
	return 0;
}

static int check_target(struct tail *tail, const struct go_binary *binary,
			const struct go_function *target, const struct code *code)
{
	if (code->undecodable_va)
		return REFUSE(tail, "it ends in %s, whose bytes at 0x%lx are no instruction",
			      target->name, code->undecodable_va);
	if (code->odd_return_va)
		return REFUSE(tail,
			      "it ends in %s, which returns at 0x%lx by another RET than Go's "
			      "compiler writes",
			      target->name, code->odd_return_va);
	if (target->writes_sp)
		return REFUSE(tail, "it ends in %s, which switches stacks", target->name);
	if (go_binary_g_is_in_tls(binary, target) && !binary->layout.is_tls_known)
		return REFUSE(tail,
			      "it ends in %s, which finds its goroutine in thread-local storage, "
			      "and where is not known",
			      target->name);
	return 0;
}

/* The function that all this is about, and its binary. */
struct origin {
	const struct go_binary *binary;
	const struct go_function *function;
	uint64_t *n_bytes_left;
};

static int follow(struct tail *tail, const struct origin *origin, const struct go_function *from,
		  const struct code *code);

static int follow_into(struct tail *tail, const struct origin *origin,
		       const struct go_function *target)
{
	struct code code;
	int err;

	if (target == origin->function)
		return REFUSE(tail, "jumps lead from it back to its first instruction, which then "
				    "runs many times a call");
	if (is_known(tail, target))
		return 0;
	if (tail->n_targets == COOKIE_MAX_TAIL_TARGETS)
		return REFUSE(tail, "it ends in more than %d other functions",
			      COOKIE_MAX_TAIL_TARGETS);
	tail->targets[tail->n_targets++] = target;
	if (target->n_bytes > *origin->n_bytes_left)
		return REFUSE(tail, "more is jumped to than any sound program has code");
	*origin->n_bytes_left -= target->n_bytes;
	err = code_init(&code, origin->binary, target);
	if (err)
		return err;
	err = check_target(tail, origin->binary, target, &code);
	if (!err && !tail->refusal)
		err = add_returns(tail, &code, go_binary_g_is_in_tls(origin->binary, target));
	if (!err && !tail->refusal)
		err = follow(tail, origin, target, &code);
	code_fini(&code);
	return err;
}

static int follow(struct tail *tail, const struct origin *origin, const struct go_function *from,
		  const struct code *code)
{
	int err = 0;

	if (code->n_exits > MAX_EXITS)
		return REFUSE(tail, "jumps lead out of it in more than %d places", MAX_EXITS);
	for (size_t i = 0; i < code->n_exits && !err && !tail->refusal; i++) {
		const struct code_exit *exit = &code->exits[i];
		const struct go_function *target =
			go_binary_function_at(origin->binary, exit->target_va);

		err = check_exit(tail, origin->binary, from, exit, target);
		if (!err && !tail->refusal)
			err = follow_into(tail, origin, target);
	}
	return err;
}

int tail_init(struct tail *tail, const struct go_binary *binary, const struct go_function *function,
	      const struct code *code, uint64_t *n_bytes_left)
{
	struct origin origin = { binary, function, n_bytes_left };
	int err;

	*tail = (struct tail){ 0 };
	err = follow(tail, &origin, function, code);
	if (err)
		tail_fini(tail);
	return err;
}

void tail_fini(struct tail *tail)
{
	free(tail->returns);
	free(tail->refusal);
	*tail = (struct tail){ 0 };
}
