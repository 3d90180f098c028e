/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/captures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int out_of_memory(struct reason *why)
{
	return reason_set(why, -ENOMEM, "out of memory");
}

bool captures_are_wanted(const struct capture_wish *wish)
{
	return wish &&
	       (wish->is_all || wish->n_shown || wish->n_conditions || wish->by || wish->has_stack);
}

/* The addresses of the plan's functions; 0 where there is none. For the caller to free. */
typedef uint64_t find_function(const void *context, const struct go_function *function);

static int read_signatures_at(struct captures *captures, const struct plan *plan,
			      const struct go_binary *from, find_function *find,
			      const void *context, struct reason *why)
{
	uint64_t *vas = calloc(plan->n_traced + 1, sizeof(*vas));
	int err;

	if (!vas)
		return out_of_memory(why);
	for (size_t i = 0; i < plan->n_functions; i++)
		if (!plan->functions[i].refusal)
			vas[plan->functions[i].index] = find(context, plan->functions[i].function);
	err = go_signatures_read(from, vas, plan->n_traced, &captures->signatures, why);
	free(vas);
	return err;
}

static uint64_t own_va(const void *context __attribute__((unused)),
		       const struct go_function *function)
{
	return function->va;
}

/* Another program, whose functions of the same names are taken to be the same. */
struct stand_in {
	const struct go_binary *binary, *of;
};

/* What a function takes and gives on the stack; false when it is not told. */
static bool argument_bytes(const struct go_binary *binary, const struct go_function *function,
			   uint32_t *ret)
{
	struct pclntab_function record;

	return pclntab_function(&binary->pclntab, function->index, &record) &&
	       pclntab_argument_bytes(&binary->pclntab, &record, ret);
}

/* The only function of that name, NULL when there are several. Up to Go 1.20 "[...]" can be any of them. */
static const struct go_function *only_one_named(const struct go_binary *binary, const char *name)
{
	const struct go_function *first = go_binary_function_named(binary, name);

	if (!first || strstr(name, "[...]"))
		return NULL;
	for (const struct go_function *next = first + 1;
	     next < binary->functions + binary->n_functions; next++)
		if (strcmp(next->name, name) == 0)
			return NULL;
	return first;
}

/* One that takes another amount has another signature. */
static uint64_t va_in_stand_in(const void *context, const struct go_function *function)
{
	const struct stand_in *stand_in = context;
	const struct go_function *same = only_one_named(stand_in->binary, function->name);
	uint32_t n_bytes, n_same_bytes;

	if (!same)
		return 0;
	if (argument_bytes(stand_in->of, function, &n_bytes) &&
	    argument_bytes(stand_in->binary, same, &n_same_bytes) && n_bytes != n_same_bytes)
		return 0;
	return same->va;
}

/* Types of the runtime and of the standard library change from one version of Go to the next. */
static int read_from_stand_in(struct captures *captures, const struct plan *plan, const char *path,
			      struct reason *why)
{
	struct stand_in stand_in = { .of = plan->binary };
	struct go_binary *binary;
	int err = go_binary_open(path, &binary, why);

	if (err)
		return err;
	stand_in.binary = binary;
	if (binary->version.minor != plan->binary->version.minor)
		err = reason_set(why, -EINVAL,
				 "--types %s: it was built by %s, and %s by %s: types may differ "
				 "from one version of Go to the next",
				 path, binary->version.text, plan->binary->elf->path,
				 plan->binary->version.text);
	else
		err = read_signatures_at(captures, plan, binary, va_in_stand_in, &stand_in, why);
	go_binary_close(binary);
	return err == -ENODATA ? reason_set(why, -EINVAL, "--types: %s", why->text) : err;
}

/* A program without DWARF has no signatures, and all its functions are asked for by places. */
static int read_signatures(struct captures *captures, const struct plan *plan, const char *types,
			   struct reason *why)
{
	int err = read_signatures_at(captures, plan, plan->binary, own_va, NULL, why);

	if (err == -ENODATA && types)
		err = read_from_stand_in(captures, plan, types, why);
	if (err && err != -ENODATA)
		return err;
	return go_types_add_basic(&captures->signatures.types) ? out_of_memory(why) : 0;
}

/* Go on with the shown values that the function has. */
struct shown {
	struct expression *at; /* copies of the wish's, which owns what they point to; owned */
	bool *are_used; /* by the wish's; by some function; owned */
	struct reason why_not; /* one of them could not be had */
};

static int shown_init(struct shown *shown, const struct capture_wish *wish)
{
	shown->at = calloc(wish->n_shown + 1, sizeof(*shown->at));
	shown->are_used = calloc(wish->n_shown + 1, sizeof(*shown->are_used));
	return shown->at && shown->are_used ? 0 : -ENOMEM;
}

static void shown_fini(struct shown *shown)
{
	free(shown->at);
	free(shown->are_used);
}

/* Those that mean something in a function. */
static int choose_shown(struct shown *shown, const struct callee *callee,
			const struct capture_wish *wish, size_t *ret_n, struct reason *why)
{
	*ret_n = 0;
	for (size_t i = 0; i < wish->n_shown; i++) {
		const struct capture_wish alone = { .shown = &wish->shown[i],
						    .n_shown = 1,
						    .max_bytes = wish->max_bytes };
		struct capture tried;
		int err = capture_init(&tried, callee, &alone, why);

		if (err == -ENOMEM)
			return err;
		if (err) {
			shown->why_not = *why;
			continue;
		}
		capture_fini(&tried);
		shown->are_used[i] = true;
		shown->at[(*ret_n)++] = wish->shown[i];
	}
	return 0;
}

enum { GO_MINOR_OF_ALL_NAMES = 22 }; /* "_" is "~p0" in DWARF from then on */

static struct abi_rules rules_of(const struct go_binary *binary, const struct go_function *function)
{
	struct abi_rules rules = {
		.has_registers = !go_binary_g_is_in_tls(binary, function),
		.has_all_names = binary->version.minor >= GO_MINOR_OF_ALL_NAMES,
	};

	rules.is_size_known = argument_bytes(binary, function, &rules.n_bytes);
	return rules;
}

static int add_function(struct captures *captures, const struct plan_function *planned,
			const struct go_binary *binary, const struct capture_wish *wish,
			struct shown *shown, struct reason *why)
{
	const struct go_signature *signature =
		captures->signatures.n_signatures > planned->index
			? &captures->signatures.signatures[planned->index]
			: NULL;
	struct abi_value *places = NULL;
	struct callee callee = { .name = planned->function->name,
				 .signatures = &captures->signatures };
	struct capture_wish own = *wish;
	int err;

	if (signature && signature->is_found) {
		const struct abi_rules rules = rules_of(binary, planned->function);

		places = calloc(signature->n_variables + 1, sizeof(*places));
		if (!places)
			return out_of_memory(why);
		abi_assign(&captures->signatures, signature, &rules, places);
		callee.signature = signature;
		callee.places = places;
	}
	err = choose_shown(shown, &callee, wish, &own.n_shown, why);
	own.shown = shown->at;
	if (!err)
		err = capture_init(&captures->of[planned->index], &callee, &own, why);
	captures->programs[planned->index] = &captures->of[planned->index].program;
	free(places);
	return err;
}

static int add_functions(struct captures *captures, const struct plan *plan,
			 const struct capture_wish *wish, struct shown *shown, struct reason *why)
{
	int err = 0;

	for (size_t i = 0; i < plan->n_functions && !err; i++)
		if (!plan->functions[i].refusal)
			err = add_function(captures, &plan->functions[i], plan->binary, wish, shown,
					   why);
	for (size_t i = 0; i < wish->n_shown && !err && plan->n_traced; i++)
		if (!shown->are_used[i])
			err = reason_set(why, -EINVAL, "%s", shown->why_not.text);
	return err;
}

int captures_init(struct captures *captures, const struct plan *plan,
		  const struct capture_wish *wish, struct reason *why)
{
	struct shown shown = { 0 };
	int err;

	*captures = (struct captures){ .n = plan->n_traced };
	if (!captures_are_wanted(wish))
		return 0;
	captures->of = calloc(plan->n_traced + 1, sizeof(*captures->of));
	captures->programs = calloc(plan->n_traced + 1, sizeof(struct fetch_program *));
	if (!captures->of || !captures->programs || shown_init(&shown, wish))
		err = out_of_memory(why);
	else
		err = read_signatures(captures, plan, wish->types, why);
	if (!err)
		err = add_functions(captures, plan, wish, &shown, why);
	shown_fini(&shown);
	if (err)
		captures_fini(captures);
	return err;
}

void captures_fini(struct captures *captures)
{
	for (size_t i = 0; captures->of && i < captures->n; i++)
		capture_fini(&captures->of[i]);
	free(captures->of);
	free(captures->programs);
	go_signatures_fini(&captures->signatures);
	*captures = (struct captures){ 0 };
}

uint32_t captures_n_bytes(const struct captures *captures)
{
	uint32_t most = 0;

	for (size_t i = 0; captures->of && i < captures->n; i++)
		if (captures->of[i].program.n_bytes > most)
			most = captures->of[i].program.n_bytes;
	return most;
}
