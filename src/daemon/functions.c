/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/functions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int functions_init(struct functions *functions, size_t n_room)
{
	*functions = (struct functions){ .n_room = n_room };
	functions->at = calloc(n_room, sizeof(*functions->at));
	return functions->at ? 0 : -ENOMEM;
}

void functions_fini(struct functions *functions)
{
	for (size_t i = 0; i < functions->n_used; i++)
		free(functions->at[i].name);
	free(functions->at);
	*functions = (struct functions){ 0 };
}

/* A function by what tells it from the others of its target or build. */
struct named {
	const char *name;
	uint32_t nth;
	uint32_t index; /* among all functions, or in the plan */
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->nth > y->nth) - (x->nth < y->nth);
}

static int by_index(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/* Those that the target has, by name. NULL without memory. */
static struct named *known(const struct functions *functions, const struct target *target,
			   size_t *ret_n)
{
	struct named *all = calloc(functions->n_used + 1, sizeof(*all));
	size_t n = 0;

	for (uint32_t i = 0; all && i < functions->n_used; i++) {
		const struct function *function = &functions->at[i];

		if (function->target == target)
			all[n++] = (struct named){ function->name, function->nth, i };
	}
	if (all)
		qsort(all, n, sizeof(*all), by_name);
	*ret_n = n;
	return all;
}

/* Those that the plan traces, in its own order. NULL without memory. */
static struct named *planned(const struct plan *plan)
{
	struct named *all = calloc(plan->n_traced + 1, sizeof(*all));

	for (size_t i = 0; all && i < plan->n_functions; i++) {
		const struct plan_function *function = &plan->functions[i];

		/* Until they are in order, it is by the index that those of one name are told apart. */
		if (!function->refusal)
			all[function->index] = (struct named){ function->function->name,
							       function->index, function->index };
	}
	if (!all)
		return NULL;
	qsort(all, plan->n_traced, sizeof(*all), by_name);
	for (size_t i = 0; i < plan->n_traced; i++)
		all[i].nth =
			i > 0 && strcmp(all[i].name, all[i - 1].name) == 0 ? all[i - 1].nth + 1 : 0;
	qsort(all, plan->n_traced, sizeof(*all), by_index);
	return all;
}

/* NOT_ATTACHED when there is none. */
static uint32_t find_free(const struct functions *functions, bool may_reuse)
{
	if (functions->n_used < functions->n_room)
		return (uint32_t)functions->n_used;
	for (uint32_t i = 0; may_reuse && i < functions->n_used; i++)
		if (!functions->at[i].target)
			return i;
	return NOT_ATTACHED;
}

static int take_place(struct functions *functions, const struct target *target,
		      const struct named *named, bool may_reuse, uint32_t *ret)
{
	uint32_t place = find_free(functions, may_reuse);
	char *name;

	if (place == NOT_ATTACHED)
		return -ENOSPC;
	name = strdup(named->name);
	if (!name)
		return -ENOMEM;
	functions->at[place] = (struct function){
		.target = target,
		.name = name,
		.nth = named->nth,
		.is_new = true,
		.was_used = place < functions->n_used,
	};
	if (place == functions->n_used)
		functions->n_used++;
	*ret = place;
	return 0;
}

int functions_assign(struct functions *functions, const struct target *target,
		     const struct plan *plan, bool may_reuse, uint32_t **ret, struct reason *why)
{
	uint32_t *assigned = calloc(plan->n_traced + 1, sizeof(*assigned));
	size_t n_known = 0;
	struct named *have = known(functions, target, &n_known), *wanted = planned(plan);
	int err = assigned && have && wanted ? 0 : -ENOMEM;

	for (size_t i = 0; i < plan->n_traced && !err; i++) {
		const struct named *one =
			bsearch(&wanted[i], have, n_known, sizeof(*have), by_name);

		if (one)
			assigned[i] = one->index;
		else
			err = take_place(functions, target, &wanted[i], may_reuse, &assigned[i]);
	}
	free(have);
	free(wanted);
	if (!err) {
		*ret = assigned;
		return 0;
	}
	free(assigned);
	functions_remove_new(functions);
	return reason_set(why, err,
			  err == -ENOSPC ? "there is no room for more than %zu functions: start "
					   "gotraced anew, with a larger --max-functions"
					 : "out of memory for %zu functions",
			  functions->n_room);
}

void functions_remove(struct functions *functions, uint32_t function)
{
	free(functions->at[function].name);
	functions->at[function] = (struct function){ 0 };
}

void functions_remove_new(struct functions *functions)
{
	for (uint32_t i = 0; i < functions->n_used; i++)
		if (functions->at[i].is_new)
			functions_remove(functions, i);
}

void function_begin(struct function *function, uint64_t at_ns)
{
	function->is_new = false;
	if (function->n_builds++ > 0)
		return;
	for (size_t i = 0; i < N_STATS_SPANS; i++)
		function->traced[i].since_ns = at_ns;
}

void function_end(struct function *function, uint64_t at_ns)
{
	if (--function->n_builds > 0)
		return;
	for (size_t i = 0; i < N_STATS_SPANS; i++) {
		struct traced_time *traced = &function->traced[i];

		traced->before_ns += at_ns - traced->since_ns;
		traced->since_ns = 0;
	}
}

uint64_t function_traced_ns(const struct function *function, enum stats_span span, uint64_t at_ns)
{
	const struct traced_time *traced = &function->traced[span];

	if (!traced->since_ns || at_ns < traced->since_ns)
		return traced->before_ns;
	return traced->before_ns + (at_ns - traced->since_ns);
}

void functions_next_span(struct functions *functions, enum stats_span span, uint64_t at_ns)
{
	for (size_t i = 0; i < functions->n_used; i++) {
		struct traced_time *traced = &functions->at[i].traced[span];

		traced->before_ns = 0;
		if (traced->since_ns)
			traced->since_ns = at_ns;
	}
}
