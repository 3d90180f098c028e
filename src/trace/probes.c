/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/probes.h"

static struct cookie make_cookie(const struct attached_plan *attached, bool is_g_in_tls)
{
	const struct runtime_layout *layout = &attached->plan->binary->layout;

	return (struct cookie){
		.goid_off = layout->goid_off,
		.tls_off = is_g_in_tls ? layout->tls_off : 0,
		.flags = attached->is_for_chosen ? COOKIE_IS_CHOSEN : 0,
	};
}

int probes_add_entries(struct sites *sites, const struct attached_plan *attached)
{
	const struct plan *plan = attached->plan;
	int err = 0;

	for (size_t i = 0; i < plan->n_functions && !err; i++) {
		const struct plan_function *planned = &plan->functions[i];
		struct cookie cookie = make_cookie(attached, planned->is_g_in_tls);

		if (planned->refusal || attached->functions[planned->index] == NOT_ATTACHED)
			continue;
		cookie.function = attached->functions[planned->index];
		cookie.variant = (uint8_t)attached->variant;
		if (planned->entry_kind == ENTRY_JBE)
			cookie.flags |= COOKIE_IS_JBE;
		if (planned->tail.n_targets > 0)
			cookie.flags |= COOKIE_JUMPS;
		if (planned->is_jumped_to)
			cookie.flags |= COOKIE_IS_JUMPED_TO;
		err = sites_add(sites, planned->entry_va, cookie);
	}
	return err;
}

int probes_add_returns(struct sites *sites, const struct attached_plan *attached)
{
	const struct plan *plan = attached->plan;
	int err = 0;

	for (size_t i = 0; i < plan->n_returns && !err; i++) {
		const struct plan_return *planned = &plan->returns[i];
		struct cookie cookie = make_cookie(attached, planned->is_g_in_tls);
		uint32_t function =
			planned->is_foreign ? NOT_ATTACHED : attached->functions[planned->index];

		/* Calls of others may end at a function's RETs even when it is left out itself. */
		if (function == NOT_ATTACHED && !planned->ends_jumpers)
			continue;
		if (planned->ends_jumpers)
			cookie.flags |= COOKIE_ENDS_JUMPERS;
		if (function == NOT_ATTACHED)
			cookie.flags |= COOKIE_IS_FOREIGN;
		else
			cookie.function = function;
		err = sites_add(sites, planned->va, cookie);
	}
	return err;
}

int probes_add_runtime_site(struct sites *sites, const struct attached_plan *attached,
			    const struct plan_runtime_site *site)
{
	struct cookie cookie = make_cookie(attached, site->is_g_in_tls);

	if (!site->va)
		return 0;
	cookie.flags |= COOKIE_IS_FOREIGN;
	if (site->is_jbe)
		cookie.flags |= COOKIE_IS_JBE;
	if (site->is_argument_on_stack)
		cookie.flags |= COOKIE_ARGUMENT_ON_STACK;
	return sites_add(sites, site->va, cookie);
}
