/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/attachment.h"

#include <errno.h>
#include <string.h>

#include "gotraced.skel.h"
#include "trace/probes.h"

static int attach_runtime_site(struct links *links, const struct plan *plan,
			       const struct plan_runtime_site *site, enum link_kind kind,
			       const struct bpf_program *program, struct reason *why)
{
	struct sites sites = { .elf = plan->binary->elf };
	int err = probes_add_runtime_site(&sites, plan, site);

	if (err)
		err = reason_set(why, err, "out of memory");
	else if (sites.n > 0)
		err = links_attach(links, kind, program, &sites, -1, why);
	sites_fini(&sites);
	return err;
}

static int attach_functions(struct attachment *attachment, const struct attached_plan *attached,
			    enum link_kind kind, const struct gotraced *skeleton,
			    struct reason *why)
{
	const struct elf_file *elf = attached->plan->binary->elf;
	struct sites entries = { .elf = elf }, returns = { .elf = elf };
	int err;

	err = probes_add_entries(&entries, attached);
	if (!err)
		err = probes_add_returns(&returns, attached);
	if (err)
		reason_set(why, err, "cannot place the probes in %s: %s", elf->path,
			   strerror(-err));
	if (!err && returns.n > 0)
		err = links_attach(&attachment->returns, kind, skeleton->progs.on_return, &returns,
				   -1, why);
	if (!err && entries.n > 0)
		err = links_attach(&attachment->entries, kind, skeleton->progs.on_entry, &entries,
				   -1, why);
	sites_fini(&entries);
	sites_fini(&returns);
	return err;
}

int attachment_init(struct attachment *attachment, const struct attached_plan *attached,
		    enum link_kind kind, const struct gotraced *skeleton, struct reason *why)
{
	const struct plan *plan = attached->plan;
	int err;

	*attachment = (struct attachment){ .plan = plan };
	err = attach_runtime_site(&attachment->returns, plan, &plan->recovery, kind,
				  skeleton->progs.on_recovery, why);
	if (!err)
		err = attach_runtime_site(&attachment->returns, plan, &plan->goexit, kind,
					  skeleton->progs.on_goexit, why);
	return err ? err : attach_functions(attachment, attached, kind, skeleton, why);
}

void attachment_fini(struct attachment *attachment)
{
	links_detach(&attachment->entries);
	links_detach(&attachment->returns);
}
