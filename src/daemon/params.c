/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/params.h"

#include <errno.h>

#include "daemon/memory.h"

enum { STACK_BYTES = MAX_STACK_FRAMES * sizeof(uint64_t) };

static const enum link_kind link_kinds[] = {
	[LINKS_AUTO] = LINK_AUTO,
	[LINKS_MULTI] = LINK_MULTI,
	[LINKS_PERF] = LINK_PERF,
};

/* Room for what is taken of a call, a power of two. Of builds that come later it may be more. */
static uint32_t capture_bytes(const struct targets *targets, const struct options_calls *calls,
			      bool may_come_later)
{
	bool has_stack = calls->have_stacks || calls->stacks;
	uint32_t n_bytes = 256, most = may_come_later ? FETCH_MAX_BYTES : 0;

	for (size_t i = 0; i < targets->n; i++)
		for (size_t k = 0; k < targets->at[i]->n_builds; k++) {
			uint32_t n = captures_n_bytes(&targets->at[i]->builds[k]->captures);

			most = n > most ? n : most;
		}
	if (has_stack)
		most += STACK_BYTES;
	while (n_bytes < most && n_bytes < FETCH_MAX_BYTES)
		n_bytes *= 2;
	return n_bytes;
}

static struct tracer_details details_of(const struct options *options,
					const struct targets *targets)
{
	const struct options_calls *calls = &options->calls;
	bool have_trees = calls_have_trees(calls);
	bool is_each_wanted = calls->stacks || calls->by.text || have_trees;

	return (struct tracer_details){
		.are_given = calls->are_printed || is_each_wanted,
		.are_of_unwound = calls->are_printed || have_trees,
		.are_for_trees = have_trees,
		.have_values = captures_are_wanted(&targets->wish),
		.have_conditions = calls->n_conditions > 0,
		.have_stacks = calls->have_stacks || calls->stacks,
		.capture_bytes = capture_bytes(targets, calls, targets_are_followed(targets)),
		.from_ns = is_each_wanted ? 0 : calls->slower_than_ns,
		.max_per_second = is_each_wanted ? 0 : calls->max_lines,
	};
}

/* What the options alone say. */
static struct tracer_params params_of(const struct options *options)
{
	return (struct tracer_params){
		.link_kind = link_kinds[options->links],
		.leaves_ret_alone = options->leaves_ret_alone,
		.n_in_flight = options->max_in_flight,
		.max_table_bytes = memory_allowed() / 2,
		.ring_bytes = options->ring_bytes,
	};
}

/* Tables as large as the options want may not fit. */
int params_check_memory(const struct options *options, struct reason *why)
{
	struct tracer_params params = params_of(options);
	uint64_t wanted = tracer_max_bytes(&params);

	if (wanted <= params.max_table_bytes)
		return 0;
	return reason_set(why, -E2BIG,
			  "--max-in-flight and --ring-size could take %lu MB of memory when full, "
			  "more than half of the %lu MB that there are for gotraced: lower them",
			  wanted >> 20, memory_allowed() >> 20);
}

/* Room for as many functions as may ever be traced, since they come and go with builds. */
static size_t n_functions_at_most(const struct options *options, const struct targets *targets)
{
	size_t n_traced = targets_n_traced(targets);
	size_t n = n_traced > options->max_functions ? n_traced : options->max_functions;

	return n < TRACER_MAX_FUNCTIONS ? n : TRACER_MAX_FUNCTIONS;
}

struct tracer_params params_make(const struct options *options, const struct targets *targets)
{
	struct tracer_params params = params_of(options);

	params.n_functions = n_functions_at_most(options, targets);
	params.details = details_of(options, targets);
	return params;
}
