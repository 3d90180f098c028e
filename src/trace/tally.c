/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/tally.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <string.h>

#include "gotraced.skel.h"

struct tracer_omissions tally_omissions(const struct gotraced *skeleton)
{
	return (struct tracer_omissions){
		.n_over_limit = skeleton->bss->n_details_omitted,
		.n_dropped = skeleton->bss->n_details_dropped,
		.n_bare = skeleton->bss->n_captures_refused,
	};
}

uint64_t tally_skipped(const struct gotraced *skeleton)
{
	struct bpf_program *program;
	uint64_t n = 0;

	bpf_object__for_each_program(program, skeleton->obj) {
		struct bpf_prog_info info = { 0 };
		__u32 n_bytes = sizeof(info);

		if (!bpf_prog_get_info_by_fd(bpf_program__fd(program), &info, &n_bytes))
			n += info.recursion_misses;
	}
	return n;
}

void tally_loads(const struct gotraced *skeleton, uint64_t ret[LOAD_PROCESSES])
{
	memset(ret, 0, LOAD_PROCESSES * sizeof(*ret));
	for (int cpu = 0; cpu < LOAD_CPUS; cpu++)
		for (int i = 0; i < LOAD_PROCESSES; i++)
			ret[i] += skeleton->bss->process_calls[cpu][i];
}
