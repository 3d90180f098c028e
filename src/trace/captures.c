/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/captures.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "gotraced.skel.h"

enum {
	MAX_CAPTURES_BYTES = 256 << 20, /* of all of them */
	MAX_CAPTURES_BYTES_PREALLOCATED = 16 << 20,
	REGISTERS_BYTES = 16 * 8, /* struct capture, bpf/fetch.bpf.h */
	VARIANTS_ON_AVERAGE = 2, /* of a function, in use at one time */
};

int captures_size(const struct setup *setup, struct gotraced *skeleton)
{
	const struct tracer_details *details = &setup->details;
	uint32_t n_bytes = REGISTERS_BYTES + sizeof(struct call_detail) + details->capture_bytes +
			   FETCH_MAX_STEP_BYTES;
	uint64_t room =
		(setup->may_allocate ? MAX_CAPTURES_BYTES : MAX_CAPTURES_BYTES_PREALLOCATED) /
		n_bytes;
	int err;

	skeleton->rodata->gives_details = details->are_given;
	skeleton->rodata->gives_unwound = details->are_of_unwound;
	skeleton->rodata->gives_trees = details->are_for_trees;
	skeleton->rodata->takes_values = details->have_values || details->have_stacks;
	skeleton->rodata->takes_stacks = details->have_stacks;
	skeleton->rodata->details_from_ns = details->from_ns;
	skeleton->rodata->has_conditions = details->have_conditions;
	skeleton->rodata->max_details = details->max_per_second;
	if (!skeleton->rodata->takes_values)
		return 0;
	skeleton->rodata->capture_bytes = details->capture_bytes;
	err = bpf_map__set_value_size(skeleton->maps.captures, n_bytes);
	if (!err)
		err = bpf_map__set_value_size(skeleton->maps.empty_capture, n_bytes);
	if (!err)
		err = setup_size_table(skeleton->maps.captures,
				       room < setup->n_in_flight ? room : setup->n_in_flight,
				       setup->may_allocate);
	return err ? err
		   : setup_size_table(skeleton->maps.fetch_programs,
				      setup->n_counters * VARIANTS_ON_AVERAGE, setup->may_allocate);
}

static int add_program(const struct gotraced *skeleton, uint32_t function, uint32_t variant,
		       const struct fetch_program *program)
{
	__u32 key = fetch_key(function, variant);

	return bpf_map_update_elem(bpf_map__fd(skeleton->maps.fetch_programs), &key, program,
				   BPF_ANY)
		       ? -errno
		       : 0;
}

int captures_add_programs(const struct gotraced *skeleton, const struct attached_plan *attached,
			  struct reason *why)
{
	const struct plan *plan = attached->plan;
	int err = 0;

	for (size_t i = 0; attached->programs && i < plan->n_traced && !err; i++)
		if (attached->functions[i] != NOT_ATTACHED && attached->programs[i])
			err = add_program(skeleton, attached->functions[i], attached->variant,
					  attached->programs[i]);
	return err ? reason_set(why, err,
				"cannot set up what is taken of the calls of %zu functions: %s",
				plan->n_traced, strerror(-err))
		   : 0;
}

int captures_add_own(const struct gotraced *skeleton, uint32_t function,
		     const struct fetch_program *program)
{
	struct fetch_program unconditional = *program;

	unconditional.at_entry.n_conditions = unconditional.at_return.n_conditions = 0;
	return add_program(skeleton, function, 0, &unconditional);
}

void captures_begin(const struct gotraced *skeleton)
{
	skeleton->bss->n_details_omitted = 0;
	skeleton->bss->n_details_dropped = 0;
	skeleton->bss->n_captures_refused = 0;
	skeleton->bss->details_since_ns = 0;
}
