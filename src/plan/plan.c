/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "plan/code.h"

/*
 * Where a Go call can be probed
 * =============================
 *
 * A call is timed from a probe at the function's entry to a probe at the RET by which it leaves.
 *Both must see the stack pointer at the return address, since g.stack.hi - SP is what pairs them,
 *and each must see a call once.
 *
 * The return is plain: the compiler emits no epilogue but RET, at which SP is back at the return
 *address. So every RET in the body is a site, and a function that can leave in another way, by a
 *jump to another function, is refused: its calls would seem never to end.
 *
 * The entry is not. Most functions begin with a check that the stack has room:
 *
 *	start:	cmp  0x10(%r14),%rsp		g.stackguard0; before Go 1.17 g comes from TLS first
 *		jbe  grow
 *		push %rbp			the frame is built, the body follows
 *		...
 *	grow:	(spill arguments)
 *		call runtime.morestack_noctxt
 *		(reload arguments)
 *		jmp  start
 *
 * When the stack must grow, or the scheduler wants the goroutine to yield, morestack is called and
 *the function begins anew: its first instruction runs twice for one call. What runs as often as the
 *call is made is the jbe not taken. A probe there reads the flags, and drops the hit when the
 *branch is about to be taken. It is the best place for a second reason: the kernel emulates a
 *conditional jump within the one trap of the probe, while the cmp would have to be single-stepped
 *out of line, a second and dearer trap that falls inside the measured time. A medium frame computes
 *its lowest address first (lea -N(%rsp),%r12), a huge one has a jb for the case that the
 *subtraction wraps round, and its jbe comes last: it is the last that counts.
 *
 * A function without a check, a leaf or a nosplit one, is entered once a call by its first
 *instruction. From Go 1.21 on that is the push %rbp of its frame, if it has one, and the kernel
 *emulates that too. What is left is probed at the first instruction whatever it is.
 *
 * A jump back to the first instruction from anywhere but the growing of the stack makes it part of
 *a loop, and a probe on it would see one call many times. Such functions are refused, and so is
 *every stack check that is not recognised as one, since its jump back looks just like that.
 *
 * Two more sites are in the runtime itself, for the calls that end without a RET. A recovered panic
 *unwinds the frames between the panic and the function that recovered: runtime.recovery sets the
 *goroutine's saved SP to that of the recovering frame and jumps there by runtime.gogo, and at that
 *call the SP tells which frames are gone. runtime.Goexit ends them all. With these, frames that
 *nobody will return from are known at once, not when the goroutine happens to call a traced
 *function again.
 */

static const char *const kind_names[] = {
	[ENTRY_JBE] = "jbe",
	[ENTRY_PUSH] = "push",
	[ENTRY_FIRST] = "first",
};

const char *entry_kind_name(enum entry_kind kind)
{
	return kind_names[kind];
}

static void plan_function_fini(struct plan_function *planned)
{
	free(planned->refusal);
	free(planned->return_vas);
}

static int refuse(struct plan_function *planned, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int refuse(struct plan_function *planned, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&planned->refusal, format, args);
	va_end(args);
	if (n >= 0)
		return 0;
	planned->refusal = NULL;
	return -ENOMEM;
}

static int refuse_jump_out(struct plan_function *planned, const struct go_binary *binary,
			   const struct code *code)
{
	const struct go_function *target = go_binary_function_at(binary, code->leave_to_va);

	if (!code->leave_to_va)
		return refuse(planned,
			      "it leaves by a jump through a register or pointer at 0x%lx: a tail "
			      "call, not a return",
			      code->leave_va);
	return refuse(planned, "it leaves by a jump at 0x%lx to %s: a tail call, not a return",
		      code->leave_va, target ? target->name : "code outside the function table");
}

/* Says why a function cannot be timed, the weightiest reason first; nothing when it can. */
static int refuse_if_untraceable(struct plan_function *planned, const struct go_binary *binary,
				 const struct code *code)
{
	if (code->undecodable_va)
		return refuse(planned, "its bytes at 0x%lx are no instruction",
			      code->undecodable_va);
	if (planned->function->writes_sp)
		return refuse(planned,
			      "it switches stacks, so that its entry and its return do not match");
	if (code->leave_va)
		return refuse_jump_out(planned, binary, code);
	if (code->n_returns == 0)
		return refuse(planned, "it never returns: it has no RET, and ends by looping, "
				       "panicking or exiting");
	if (code->return_vas[0] == planned->function->va)
		return refuse(planned, "it is empty: nothing but a RET");
	if (code->is_start_repeated || (code->is_start_retried && !code->stack_check_va))
		return refuse(planned, "a jump leads back to its first instruction, which then "
				       "runs many times a call");
	if (planned->is_g_in_tls && !binary->layout.is_tls_known)
		return refuse(planned,
			      "it finds its goroutine in thread-local storage, and where is not "
			      "known: the "
			      "program is stripped and has C code with thread-local variables");
	return 0;
}

static int plan_one(struct plan_function *planned, const struct go_binary *binary,
		    const struct go_function *function)
{
	struct code code;
	int err;

	err = code_init(&code, binary, function);
	if (err)
		return err;
	*planned = (struct plan_function){
		.function = function,
		.n_bytes = code.n_bytes,
		.entry_kind = code.stack_check_va  ? ENTRY_JBE
			      : code.is_first_push ? ENTRY_PUSH
						   : ENTRY_FIRST,
		.entry_va = code.stack_check_va ? code.stack_check_va : function->va,
		.return_vas = code.return_vas,
		.n_returns = code.n_returns,
		.is_g_in_tls = !binary->layout.is_g_in_r14 || function->is_assembly,
	};
	return refuse_if_untraceable(planned, binary, &code);
}

static int plan_runtime_sites(struct plan *plan)
{
	const struct go_binary *binary = plan->binary;
	const struct go_function *recovery = go_binary_function_named(binary, "runtime.recovery");
	const struct go_function *goexit = go_binary_function_named(binary, "runtime.Goexit");
	struct plan_function entry = { 0 };
	int err;

	if (recovery)
		plan->recovery.va = code_find_call(binary, recovery, "runtime.gogo",
						   &plan->recovery.is_argument_on_stack);
	if (!goexit)
		return 0;
	err = plan_one(&entry, binary, goexit);
	if (!err)
		plan->goexit = (struct plan_runtime_site){
			.va = entry.entry_va,
			.is_g_in_tls = entry.is_g_in_tls,
			.is_jbe = entry.entry_kind == ENTRY_JBE,
		};
	plan_function_fini(&entry);
	return err;
}

int plan_init(struct plan *plan, const struct go_binary *binary, const struct match *match,
	      struct reason *why)
{
	int err = 0;

	*plan = (struct plan){ .binary = binary };
	plan->functions = calloc(match->n_chosen ? match->n_chosen : 1, sizeof(*plan->functions));
	if (!plan->functions)
		return reason_set(why, -ENOMEM, "out of memory for %zu functions", match->n_chosen);
	for (size_t i = 0; i < binary->n_functions && !err; i++) {
		struct plan_function *planned = &plan->functions[plan->n_functions];

		if (!match->is_chosen[i])
			continue;
		plan->n_functions++;
		err = plan_one(planned, binary, &binary->functions[i]);
		if (err || planned->refusal)
			continue;
		plan->n_traced++;
		plan->n_sites += 1 + planned->n_returns;
	}
	if (!err)
		err = plan_runtime_sites(plan);
	if (err) {
		plan_fini(plan);
		return reason_set(why, err, "cannot read the code of %s: %s", binary->elf->path,
				  strerror(-err));
	}
	return 0;
}

void plan_fini(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_functions; i++)
		plan_function_fini(&plan->functions[i]);
	free(plan->functions);
	*plan = (struct plan){ 0 };
}
