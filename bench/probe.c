/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/target.h"
#include "empty.skel.h"
#include "trace/kernel.h"
#include "trace/links.h"

/*
 * empty_probe BINARY FUNCTION: attaches a BPF program that does nothing to the very sites that
 * gotraced would choose, in the same way, until its standard input ends: the floor that gotraced is
 * measured against.
 */

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

static int attach(struct links *links, const struct target *target, struct empty **skeleton,
		  struct reason *why)
{
	struct sites sites = { .elf = target->binary->elf };
	struct kernel kernel;
	int err;

	err = kernel_init(&kernel, why);
	if (err)
		return err;
	*skeleton = empty__open();
	if (!*skeleton)
		return reason_set(why, -1, "cannot open the empty program");
	if (kernel.has_uprobe_multi)
		bpf_program__set_expected_attach_type((*skeleton)->progs.on_hit,
						      ATTACH_UPROBE_MULTI);
	if (empty__load(*skeleton))
		return reason_set(why, -1, "cannot load the empty program");
	err = add_sites(&target->plan, &sites);
	if (!err)
		err = links_attach(links, kernel.has_uprobe_multi ? LINK_MULTI : LINK_PERF,
				   (*skeleton)->progs.on_hit, &sites, -1, why);
	sites_fini(&sites);
	return err;
}

int main(int argc, char **argv)
{
	struct empty *skeleton = NULL;
	struct links links = { 0 };
	struct target_choice choice;
	struct target target;
	struct reason why;
	int err;

	if (argc != 3) {
		fprintf(stderr, "usage: empty_probe BINARY FUNCTION\n");
		return 2;
	}
	choice = (struct target_choice){ (const char *const *)argv + 2, 1, 1, 0 };
	err = target_init(&target, argv[1], &choice, &why);
	if (!err) {
		err = attach(&links, &target, &skeleton, &why);
		target_fini(&target);
	}
	if (err) {
		fprintf(stderr, "empty_probe: %s\n", why.text);
	} else {
		fprintf(stderr, "attached\n");
		while (getchar() != EOF)
			;
	}
	links_detach(&links);
	empty__destroy(skeleton);
	return err ? 1 : 0;
}
