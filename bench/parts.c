/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>

#include "gotraced/cookie.h"
#include "parts.h"
#include "parts.skel.h"
#include "trace/overflow.h"
#include "trace/rings.h"

/* parts ROUNDS: what the parts of the probes' programs take, in ns, a line for each round. */
enum {
	RING_BYTES = 1 << 20, /* more than N_TIMES records */
	QUARTER_SHIFT = 18,
};

static const char *const names[N_PARTS] = {
	[PART_READ] = "read",	[PART_LOOKUP] = "lookup", [PART_SUBMIT] = "submit",
	[PART_COUNT] = "count", [PART_CLOCK] = "clock",
};

static void drop(void *context, uint32_t function, uint64_t duration_ns)
{
	(void)context;
	(void)function;
	(void)duration_ns;
}

static int time_parts(struct parts *skeleton, struct rings *rings)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	const __u64 *took_ns = skeleton->bss->took_ns;
	int err = bpf_prog_test_run_opts(bpf_program__fd(skeleton->progs.time_parts), &opts);

	if (err || opts.retval)
		return -1;
	for (int part = PART_NOTHING + 1; part < N_PARTS; part++)
		printf("%s\"%s\":%.2f", part == PART_NOTHING + 1 ? "{" : ",", names[part],
		       ((double)took_ns[part] - (double)took_ns[PART_NOTHING]) / N_TIMES);
	printf("}\n");
	return rings_drain(rings);
}

static int load(struct parts *skeleton, struct rings *rings, struct overflow *overflow)
{
	int n_cpus = libbpf_num_possible_cpus();

	*overflow = (struct overflow){
		.outer = skeleton->maps.overflow,
		.max_parts = 1,
		.may_allocate = true,
	};
	skeleton->rodata->quarter_shift = QUARTER_SHIFT;
	if (n_cpus < 0 || bpf_map__set_max_entries(skeleton->maps.rings, n_cpus) ||
	    overflow_init(overflow) || parts__load(skeleton))
		return -1;
	return rings_init(rings, bpf_map__fd(skeleton->maps.rings), n_cpus, RING_BYTES);
}

int main(int argc, char **argv)
{
	uint64_t g[COOKIE_MAX_GOID_OFF / COOKIE_WORD + 1] = { 0 };
	long n_rounds = argc == 2 ? atol(argv[1]) : 0;
	struct rings rings = { .take = drop };
	struct overflow overflow = { 0 };
	struct parts *skeleton;
	int err;

	if (n_rounds < 1) {
		fprintf(stderr, "usage: parts ROUNDS\n");
		return 2;
	}
	skeleton = parts__open();
	err = skeleton ? load(skeleton, &rings, &overflow) : -1;
	if (!err)
		skeleton->bss->g = (uintptr_t)g;
	for (long i = 0; i < n_rounds && !err; i++)
		err = time_parts(skeleton, &rings);
	rings_fini(&rings);
	overflow_fini(&overflow);
	parts__destroy(skeleton);
	if (err)
		fprintf(stderr, "parts: failed\n");
	return err ? 1 : 0;
}
