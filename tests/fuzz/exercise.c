/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exercise.h"

#include <errno.h>
#include <stdlib.h>

#include "emit/bpftrace.h"
#include "go/inlined.h"
#include "go/runtime_type.h"
#include "go/source_frame.h"
#include "plan/plan.h"
#include "require.h"

static void check_site(const struct go_binary *binary, const struct go_function *function,
		       uint64_t va)
{
	const struct elf_segment *segment = elf_file_segment_at(binary->elf, va, 1);
	uint64_t off;

	require(segment && segment->is_executable);
	require(elf_file_va_to_off(binary->elf, va, &off) && off < binary->elf->n_bytes);
	require(go_binary_function_at(binary, va) == function);
}

/* A RET of a function that is jumped to lies in one of those. */
static void check_foreign(const struct go_binary *binary, const struct tail *tail, uint64_t va)
{
	const struct go_function *function = go_binary_function_at(binary, va);
	bool is_target = false;

	check_site(binary, function, va);
	for (size_t i = 0; i < tail->n_targets; i++)
		is_target |= tail->targets[i] == function;
	require(is_target);
}

static void check_function(const struct go_binary *binary, const struct plan_function *planned)
{
	const struct go_function *function = planned->function;

	require(function >= binary->functions &&
		function < binary->functions + binary->n_functions);
	require(planned->n_bytes <= function->n_bytes);
	for (size_t i = 0; i < planned->n_returns; i++) {
		check_site(binary, function, planned->return_vas[i]);
		require(i == 0 || planned->return_vas[i - 1] < planned->return_vas[i]);
	}
	if (planned->refusal) {
		require(*planned->refusal);
		return;
	}
	require(planned->n_returns + planned->tail.n_returns > 0);
	require(*entry_kind_name(planned->entry_kind));
	check_site(binary, function, planned->entry_va);
	/* The kernel puts one probe program on a site. */
	for (size_t i = 0; i < planned->n_returns; i++)
		require(planned->return_vas[i] != planned->entry_va);
	for (size_t i = 0; i < planned->tail.n_returns; i++)
		check_foreign(binary, &planned->tail, planned->tail.returns[i].va);
}

static void check_returns(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_returns; i++) {
		const struct plan_return *site = &plan->returns[i];

		require(i == 0 || plan->returns[i - 1].va < site->va);
		require(site->index < plan->n_traced);
		require(site->ends_jumpers || !site->is_foreign);
		check_site(plan->binary, go_binary_function_at(plan->binary, site->va), site->va);
	}
}

static void check_runtime_site(const struct go_binary *binary, uint64_t va, const char *name)
{
	const struct go_function *function = go_binary_function_at(binary, va);

	if (!va)
		return;
	require(function && strcmp(function->name, name) == 0);
	check_site(binary, function, va);
}

/* Whatever names are in it, each line of a script is one that was meant to be. */
static void check_lines(const char *script)
{
	static const char *const beginnings[] = { "#!", "//",	 "uprobe:\"/program\":0x",
						  "/ ", "{\n",	 "}\n",
						  "\t", "END\n", "\n" };

	while (*script) {
		const char *end = strchr(script, '\n');
		bool is_meant = false;

		for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
			is_meant |= strncmp(script, beginnings[i], strlen(beginnings[i])) == 0;
		require(is_meant && end);
		script = end + 1;
	}
}

static void check_script(const struct plan *plan, enum emit_kind kind)
{
	const struct emit_program program = { .plan = plan, .path = "/program" };
	struct reason why = { "" };
	char *script;
	size_t n_bytes;
	FILE *to = open_memstream(&script, &n_bytes);
	int err;

	require(to);
	err = emit_bpftrace(to, kind, &program, 1, &why);
	require(fclose(to) == 0);
	require(err ? !*script && why.text[0] : n_bytes > 0 && strlen(script) == n_bytes);
	require(err != -ENOMEM);
	check_lines(script);
	free(script);
}

size_t exercise_plan(const struct go_binary *binary, const struct match *match)
{
	struct reason why = { "" };
	size_t n_sites, n_traced = 0;
	struct plan plan;

	if (plan_init(&plan, binary, match, &why)) {
		require(why.text[0]);
		return 0;
	}
	require(plan.n_functions == match->n_chosen);
	for (size_t i = 0; i < plan.n_functions; i++) {
		check_function(binary, &plan.functions[i]);
		n_traced += !plan.functions[i].refusal;
	}
	check_returns(&plan);
	n_sites = plan_n_sites(&plan);
	require(n_traced == plan.n_traced && n_sites == n_traced + plan.n_returns);
	check_runtime_site(binary, plan.recovery.va, "runtime.recovery");
	check_runtime_site(binary, plan.goexit.va, "runtime.Goexit");
	/* Both kinds each time would take longer than all the rest. */
	check_script(&plan, n_traced % 2 ? EMIT_SKELETON : EMIT_HISTOGRAMS);
	plan_fini(&plan);
	return n_sites;
}

size_t exercise_plan_of_all(const struct go_binary *binary)
{
	struct reason why = { "" };
	struct match match;
	size_t n, n_sites;

	require(match_init(&match, binary, &why) == 0);
	require(match_add(&match, binary, "*", &n, &why) == 0);
	/* A function may be called just that. */
	require(n > 0 && n == match.n_chosen && n <= binary->n_functions);
	n_sites = exercise_plan(binary, &match);
	match_fini(&match);
	return n_sites;
}

struct inlined {
	const struct go_binary *binary;
	size_t n;
};

static bool visit(const char *callee, const struct go_function *into, void *context)
{
	struct inlined *inlined = context;
	const struct go_binary *binary = inlined->binary;

	require(strlen(callee) < SPAN_MAX_STRING);
	require(into >= binary->functions && into < binary->functions + binary->n_functions);
	inlined->n++;
	return false;
}

size_t exercise_inlined(const struct go_binary *binary)
{
	struct inlined inlined = { binary, 0 };

	require(!inlined_each(binary, visit, &inlined));
	return inlined.n;
}

static size_t exercise_address(const struct go_binary *binary, uint64_t va, bool is_return_address)
{
	struct source_frame frames[32];
	size_t n_room = sizeof(frames) / sizeof(frames[0]);
	size_t n = source_frames_at(binary, va, is_return_address, frames, n_room);

	require(n <= n_room);
	for (size_t i = 0; i < n; i++) {
		require(strlen(frames[i].function) < SPAN_MAX_STRING);
		require(strlen(frames[i].file) < SPAN_MAX_STRING);
		require(frames[i].line <= INT32_MAX);
		require(frames[i].is_inlined || i + 1 == n);
	}
	/* Inlined calls end in a function. */
	require(n == 0 || n == n_room || !frames[n - 1].is_inlined);
	return n;
}

size_t exercise_frames(const struct go_binary *binary, size_t share)
{
	size_t n = 0;

	for (size_t i = 0; i < binary->n_functions; i += share) {
		const struct go_function *function = &binary->functions[i];
		uint64_t step = function->n_bytes / 8 + 1;

		for (uint64_t at = 0; at < function->n_bytes; at += step) {
			size_t n_frames = exercise_address(binary, function->va + at, false);

			require(n_frames > 0);
			require(exercise_address(binary, function->va + at + 1, true) > 0);
			n += n_frames;
		}
	}
	exercise_address(binary, 0, true);
	exercise_address(binary, UINT64_MAX, false);
	return n;
}

/* Follows elements as well, which may lead round. */
static size_t exercise_type(const struct go_binary *binary, uint64_t va)
{
	size_t n = 0;

	while (n < 8) {
		struct runtime_type type;

		if (runtime_type_read(binary, va, &type))
			break;
		n++;
		require(*type.name && strlen(type.name) < SPAN_MAX_STRING);
		require(type.kind >= GO_BOOL && type.kind <= GO_UNSAFE_POINTER);
		require(!type.is_direct || type.n_bytes == 8);
		require(type.n_elements == 0 || type.kind == GO_ARRAY);
		require(type.n_read <= type.n_fields && type.n_read <= RUNTIME_TYPE_MAX_FIELDS);
		for (size_t i = 0; i < type.n_read; i++)
			require(*type.fields[i].name && type.fields[i].off <= type.n_bytes);
		va = type.element_va;
		runtime_type_fini(&type);
		if (!va)
			break;
		require(va >= binary->pclntab.module.types_va &&
			va < binary->pclntab.module.etypes_va);
	}
	return n;
}

size_t exercise_types(const struct go_binary *binary, size_t n_samples)
{
	const struct moduledata *module = &binary->pclntab.module;
	uint64_t step = ((module->etypes_va - module->types_va) / n_samples + 8) & ~7UL;
	size_t n = 0;

	/* What is at the borders is none, and is not read either. */
	require(exercise_type(binary, module->types_va - 8) == 0);
	require(exercise_type(binary, module->etypes_va) == 0);
	for (uint64_t va = module->types_va; va < module->etypes_va; va += step)
		n += exercise_type(binary, va) > 0;
	return n;
}
