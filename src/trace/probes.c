/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/probes.h"

static struct cookie make_cookie(const struct plan *plan, uint32_t function, bool is_g_in_tls)
{
	return (struct cookie){
		.function = function,
		.goid_off = plan->binary->layout.goid_off,
		.tls_off = is_g_in_tls ? plan->binary->layout.tls_off : 0,
	};
}

int probes_add_entries(struct sites *sites, const struct attached_plan *attached)
{
	const struct plan *plan = attached->plan;
	int err = 0;

	for (size_t i = 0; i < plan->n_functions && !err; i++) {
		const struct plan_function *planned = &plan->functions[i];
		uint32_t function = attached->first_function + planned->index;
		struct cookie cookie = make_cookie(plan, function, planned->is_g_in_tls);

		if (planned->refusal || attached->is_left_out[function])
			continue;
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
		uint32_t function = attached->first_function + planned->index;
		struct cookie cookie = make_cookie(plan, function, planned->is_g_in_tls);

		/* Calls of others may end at a function's RETs even when it is left out itself. */
		if (!planned->is_foreign && !planned->ends_jumpers &&
		    attached->is_left_out[function])
			continue;
		if (planned->ends_jumpers)
			cookie.flags |= COOKIE_ENDS_JUMPERS;
		if (planned->is_foreign)
			cookie.flags |= COOKIE_IS_FOREIGN;
		err = sites_add(sites, planned->va, cookie);
	}
	return err;
}

int probes_add_runtime_site(struct sites *sites, const struct plan *plan,
			    const struct plan_runtime_site *site)
{
	struct cookie cookie = make_cookie(plan, 0, site->is_g_in_tls);

	if (!site->va)
		return 0;
	cookie.flags = COOKIE_IS_FOREIGN;
	if (site->is_jbe)
		cookie.flags |= COOKIE_IS_JBE;
	if (site->is_argument_on_stack)
		cookie.flags |= COOKIE_ARGUMENT_ON_STACK;
	return sites_add(sites, site->va, cookie);
}
