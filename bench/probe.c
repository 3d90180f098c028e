/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/libbpf.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/build.h"
#include "empty.skel.h"
#include "trace/kernel.h"
#include "trace/links.h"
#include "trace/tracer.h"

/*
 * probe MODE BINARY FUNCTION: probes a function in another way than gotraced does, until its
 * standard input ends.
 *
 *	empty	a BPF program that does nothing, at the very sites that gotraced would choose: the
 *		floor that gotraced is measured against
 *	first	gotraced's programs, but the entry probe at the first instruction
 */

static void wait_for_end(struct tracer *tracer)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	const int drain_ms = 100;
	char byte;

	fprintf(stderr, "attached\n");
	while (poll(&input, 1, drain_ms) == 0 || read(STDIN_FILENO, &byte, 1) > 0)
		if (tracer)
			tracer_drain(tracer);
}

static int add_sites(const struct plan *plan, struct sites *sites)
{
	struct cookie none = { 0 };
	int err = 0;

	for (size_t i = 0; i < plan->n_functions && !err; i++) {
		const struct plan_function *planned = &plan->functions[i];

		if (planned->refusal)
			continue;
		err = sites_add(sites, planned->entry_va, none);
		for (size_t k = 0; k < planned->n_returns && !err; k++)
			err = sites_add(sites, planned->return_vas[k], none);
	}
	return err;
}

static int probe_empty(const struct build *build, const struct kernel *kernel, struct reason *why)
{
	struct sites sites = { .elf = build->binary->elf };
	struct empty *skeleton = empty__open();
	struct links links = { 0 };
	int err;

	if (!skeleton)
		return reason_set(why, -1, "cannot open the empty program");
	if (kernel->has_uprobe_multi)
		bpf_program__set_expected_attach_type(skeleton->progs.on_hit, ATTACH_UPROBE_MULTI);
	err = empty__load(skeleton) ? reason_set(why, -1, "cannot load the empty program")
				    : add_sites(&build->plan, &sites);
	if (!err)
		err = links_attach(&links, kernel->has_uprobe_multi ? LINK_MULTI : LINK_PERF,
				   skeleton->progs.on_hit, &sites, -1, why);
	if (!err)
		wait_for_end(NULL);
	links_detach(&links);
	sites_fini(&sites);
	empty__destroy(skeleton);
	return err;
}

static void drop_call(void *context, uint32_t function, uint64_t duration_ns)
{
	(void)context;
	(void)function;
	(void)duration_ns;
}

static void drop_overflow(void *context, uint32_t function, uint32_t part,
			  const struct overflow_part *durations)
{
	(void)context;
	(void)function;
	(void)part;
	(void)durations;
}

static int probe_first(struct build *build, const struct kernel *kernel, struct reason *why)
{
	const struct tracer_params params = { .n_functions = build->plan.n_traced };
	const struct tracer_sink sink = { .call = drop_call, .overflow = drop_overflow };
	const uint32_t first = 0;
	const struct attached_plan attached = { .plan = &build->plan, .functions = &first };
	struct attachment *attachment;
	struct tracer *tracer;
	int err;

	for (size_t i = 0; i < build->plan.n_functions; i++) {
		build->plan.functions[i].entry_kind = ENTRY_FIRST;
		build->plan.functions[i].entry_va = build->plan.functions[i].function->va;
	}
	err = tracer_open(&tracer, &params, kernel, &sink, why);
	if (err)
		return err;
	err = tracer_attach(tracer, &attached, &attachment, why);
	if (!err) {
		tracer_start(tracer);
		wait_for_end(tracer);
	}
	tracer_close(tracer);
	return err;
}

int main(int argc, char **argv)
{
	struct build_choice choice;
	struct kernel kernel;
	struct build build;
	struct reason why;
	int err;

	if (argc != 4 || (strcmp(argv[1], "empty") != 0 && strcmp(argv[1], "first") != 0)) {
		fprintf(stderr, "usage: probe empty|first BINARY FUNCTION\n");
		return 2;
	}
	choice = (struct build_choice){ .patterns = (const char *const *)argv + 3,
					.n_patterns = 1,
					.max_functions = 1 };
	err = kernel_init(&kernel, &why);
	if (!err)
		err = build_init(&build, argv[2], &choice, &why);
	if (!err) {
		err = strcmp(argv[1], "empty") == 0 ? probe_empty(&build, &kernel, &why)
						    : probe_first(&build, &kernel, &why);
		build_fini(&build);
	}
	if (err)
		fprintf(stderr, "probe: %s\n", why.text);
	return err ? 1 : 0;
}
