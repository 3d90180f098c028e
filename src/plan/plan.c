/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "go/inlined.h"
#include "plan/code.h"

/*
 * Where a Go call can be probed
 * =============================
 *
 * A call is timed from a probe at the function's entry to a probe at the RET by which it leaves.
 * Both must see the stack pointer at the return address, since g.stack.hi - SP is what pairs them,
 * and each must see a call once.
 *
 * The return is plain: the compiler emits no epilogue but RET, at which SP is back at the return
 * address. So every RET in the body is a site. A function may also leave by a jump to another one,
 * as the wrapper of a promoted method does. It jumps with SP at the return address, so that the
 * target's RETs return from its calls as well, at the same depth: they are sites too (tail.h). Where
 * the target is not known, or the frame is still there, the calls would seem never to end, and the
 * function is refused.
 *
 * The entry is not plain. Most functions begin with a check that the stack has room:
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
 * the function begins anew: its first instruction runs twice for one call. What runs as often as
 * the call is made is the jbe not taken. A probe there reads the flags, and drops the hit when the
 * branch is about to be taken. It is the best place for a second reason: the kernel emulates a
 * conditional jump within the one trap of the probe, while the cmp would have to be single-stepped
 * out of line, a second and dearer trap that falls inside the measured time. A medium frame computes
 * its lowest address first (lea -N(%rsp),%r12), a huge one has a jb for the case that the
 * subtraction wraps round, and its jbe comes last: it is the last that counts.
 *
 * A function without a check, a leaf or a nosplit one, is entered once a call by its first
 * instruction. From Go 1.21 on that is the push %rbp of its frame, if it has one, and the kernel
 * emulates that too. What is left is probed at the first instruction whatever it is.
 *
 * A jump back to the first instruction from anywhere but the growing of the stack makes it part of
 * a loop, and a probe on it would see one call many times. Such functions are refused, and so is
 * every stack check that is not recognised as one, since its jump back looks just like that.
 *
 * Two more sites are in the runtime itself, for the calls that end without a RET. A recovered panic
 * unwinds the frames between the panic and the function that recovered: runtime.recovery sets the
 * goroutine's saved SP to that of the recovering frame and jumps there by runtime.gogo, and at that
 * call the SP tells which frames are gone. runtime.Goexit ends them all. With these, frames that
 * nobody will return from are known at once, not when the goroutine happens to call a traced
 * function again.
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

size_t plan_n_sites(const struct plan *plan)
{
	return plan->n_traced + plan->n_returns;
}

void plan_count_entries(const struct plan *plan, size_t ret[N_ENTRY_KINDS])
{
	memset(ret, 0, N_ENTRY_KINDS * sizeof(*ret));
	for (size_t i = 0; i < plan->n_functions; i++)
		if (!plan->functions[i].refusal)
			ret[plan->functions[i].entry_kind]++;
}

static void plan_function_fini(struct plan_function *planned)
{
	free(planned->refusal);
	free(planned->return_vas);
	tail_fini(&planned->tail);
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

/* Says why a function cannot be timed, the weightiest reason first; nothing when it can. */
static int refuse_if_untraceable(struct plan_function *planned, const struct go_binary *binary,
				 const struct code *code)
{
	const struct go_function *function = planned->function;

	if (code->undecodable_va)
		return refuse(planned, "its bytes at 0x%lx are no instruction",
			      code->undecodable_va);
	if (code->odd_return_va)
		return refuse(planned,
			      "it returns at 0x%lx by another RET than Go's compiler writes",
			      code->odd_return_va);
	if (function->writes_sp)
		return refuse(planned,
			      "it switches stacks, so that its entry and its return do not match");
	if (planned->is_abi_wrapper)
		return refuse(planned,
			      "it only wraps the function of its name at 0x%lx for callers that "
			      "pass arguments in another way",
			      code->namesake->va);
	if (planned->tail.refusal)
		return refuse(planned, "%s", planned->tail.refusal);
	if (planned->n_returns == 0 && planned->tail.n_returns == 0)
		return refuse(planned, "it never returns: it has no RET, and ends by looping, "
				       "panicking or exiting");
	if (planned->n_returns > 0 && planned->return_vas[0] == function->va)
		return refuse(planned, "it is empty: nothing but a RET");
	if (code->is_start_repeated || (code->is_start_retried && !code->stack_check_va))
		return refuse(planned, "a jump leads back to its first instruction, which then "
				       "runs many times a call");
	if (planned->is_g_in_tls && !binary->layout.is_tls_known)
		return refuse(planned,
			      "it finds its goroutine in thread-local storage, and where is not "
			      "known: the program has C code with thread-local variables, and no "
			      "code that tells");
	return 0;
}

/*
 * The compiler makes a second function of the same name where Go and assembly call each other, to
 * translate between their calling conventions. A number that tells what the runtime takes it for
 * distinguishes it from others; instances of a generic function may share a name as well.
 */
static bool is_abi_wrapper(const struct go_function *function, const struct code *code)
{
	return code->namesake && !function->is_assembly && !strchr(function->name, '[');
}

static int plan_one(struct plan_function *planned, const struct go_binary *binary,
		    const struct go_function *function, uint64_t *n_bytes_left)
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
		.is_g_in_tls = go_binary_g_is_in_tls(binary, function),
		.is_abi_wrapper = is_abi_wrapper(function, &code),
	};
	code.return_vas = NULL; /* they are the plan's now */
	err = tail_init(&planned->tail, binary, function, &code, n_bytes_left);
	if (!err)
		err = refuse_if_untraceable(planned, binary, &code);
	code_fini(&code);
	return err;
}

static struct plan_function *planned_at(const struct plan *plan, const struct go_function *function)
{
	size_t low = 0, high = plan->n_functions;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (plan->functions[middle].function < function)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == plan->n_functions || plan->functions[low].function != function)
		return NULL;
	return &plan->functions[low];
}

/* By address, and at the same one the function's own before those of others that jumped there. */
static int by_address(const void *a, const void *b)
{
	const struct plan_return *x = a, *y = b;

	if (x->va != y->va)
		return x->va < y->va ? -1 : 1;
	return (int)x->is_foreign - (int)y->is_foreign;
}

static void put_returns(struct plan *plan, const struct plan_function *planned)
{
	const struct tail *tail = &planned->tail;

	for (size_t i = 0; i < planned->n_returns; i++)
		plan->returns[plan->n_returns++] = (struct plan_return){
			.va = planned->return_vas[i],
			.index = planned->index,
			.is_g_in_tls = planned->is_g_in_tls,
		};
	for (size_t i = 0; i < tail->n_returns; i++)
		plan->returns[plan->n_returns++] = (struct plan_return){
			.va = tail->returns[i].va,
			.is_foreign = true,
			.ends_jumpers = true,
			.is_g_in_tls = tail->returns[i].is_g_in_tls,
		};
	for (size_t i = 0; i < tail->n_targets; i++) {
		struct plan_function *target = planned_at(plan, tail->targets[i]);

		if (target)
			target->is_jumped_to = true;
	}
}

/* One RET may end calls of several functions: it is one site all the same. */
static void merge_returns(struct plan *plan)
{
	size_t n = 0;

	if (plan->n_returns == 0)
		return;
	qsort(plan->returns, plan->n_returns, sizeof(*plan->returns), by_address);
	for (size_t i = 1; i < plan->n_returns; i++) {
		if (plan->returns[i].va == plan->returns[n].va)
			plan->returns[n].ends_jumpers |= plan->returns[i].ends_jumpers;
		else
			plan->returns[++n] = plan->returns[i];
	}
	plan->n_returns = n + 1;
}

static int collect_returns(struct plan *plan)
{
	size_t n_room = 1;

	for (size_t i = 0; i < plan->n_functions; i++)
		n_room += plan->functions[i].n_returns + plan->functions[i].tail.n_returns;
	plan->returns = calloc(n_room, sizeof(*plan->returns));
	if (!plan->returns)
		return -ENOMEM;
	for (size_t i = 0; i < plan->n_functions; i++)
		if (!plan->functions[i].refusal)
			put_returns(plan, &plan->functions[i]);
	merge_returns(plan);
	return 0;
}

static int count_inlined(struct plan *plan)
{
	struct inlined_count *counts = calloc(plan->n_functions + 1, sizeof(*counts));
	int err;

	if (!counts)
		return -ENOMEM;
	for (size_t i = 0; i < plan->n_functions; i++) {
		const struct go_function *function = plan->functions[i].function;
		struct pclntab_function entry;

		/* By the name in the function table: a symbol may spell it otherwise. */
		counts[i].name = pclntab_function(&plan->binary->pclntab, function->index, &entry)
					 ? entry.name
					 : function->name;
	}
	err = inlined_count(plan->binary, counts, plan->n_functions);
	for (size_t i = 0; i < plan->n_functions; i++)
		plan->functions[i].n_inlined = counts[i].n_places;
	free(counts);
	return err;
}

static int plan_runtime_sites(struct plan *plan)
{
	const struct go_binary *binary = plan->binary;
	const struct go_function *recovery = go_binary_function_named(binary, "runtime.recovery");
	const struct go_function *goexit = go_binary_function_named(binary, "runtime.Goexit");
	uint64_t n_bytes_left = binary->elf->n_bytes;
	struct plan_function entry = { 0 };
	int err;

	if (recovery)
		plan->recovery.va = code_find_call(binary, recovery, "runtime.gogo",
						   &plan->recovery.is_argument_on_stack);
	if (!goexit)
		return 0;
	err = plan_one(&entry, binary, goexit, &n_bytes_left);
	if (!err && (!entry.is_g_in_tls || binary->layout.is_tls_known))
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
	/* Many wrappers may jump to one function: all of them together read no more than that. */
	uint64_t n_bytes_left = 2 * binary->elf->n_bytes;
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
		err = plan_one(planned, binary, &binary->functions[i], &n_bytes_left);
		if (!err && !planned->refusal)
			planned->index = plan->n_traced++;
	}
	if (!err)
		err = collect_returns(plan);
	if (!err)
		err = count_inlined(plan);
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
	free(plan->returns);
	*plan = (struct plan){ 0 };
}
