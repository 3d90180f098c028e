/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/attachment.h"

#include <string.h>

#include "gotraced.skel.h"
#include "trace/probes.h"

static int attach_runtime_site(struct links *links, const struct attached_plan *attached,
			       const struct plan_runtime_site *site, enum link_kind kind,
			       const struct bpf_program *program, struct reason *why)
{
	struct sites sites = { .elf = attached->plan->binary->elf };
	int err = probes_add_runtime_site(&sites, attached, site);

	if (err)
		err = reason_set(why, err, "out of memory");
	else if (sites.n > 0)
		err = links_attach(links, kind, program, &sites, -1, why);
	sites_fini(&sites);
	return err;
}

/* Where the functions of a plan are probed. */
struct places {
	struct sites entries, returns;
};

static int places_init(struct places *places, const struct attached_plan *attached,
		       struct reason *why)
{
	const struct elf_file *elf = attached->plan->binary->elf;
	int err;

	*places = (struct places){ { .elf = elf }, { .elf = elf } };
	err = probes_add_entries(&places->entries, attached);
	if (!err)
		err = probes_add_returns(&places->returns, attached);
	return err ? reason_set(why, err, "cannot place the probes in %s: %s", elf->path,
				strerror(-err))
		   : 0;
}

static void places_fini(struct places *places)
{
	sites_fini(&places->entries);
	sites_fini(&places->returns);
}

static int attach_functions(struct attachment *attachment, const struct attached_plan *attached,
			    enum link_kind kind, const struct gotraced *skeleton,
			    struct reason *why)
{
	struct places places;
	int err = places_init(&places, attached, why);

	if (!err && places.returns.n > 0)
		err = links_attach(&attachment->returns, kind, skeleton->progs.on_return,
				   &places.returns, -1, why);
	if (!err && places.entries.n > 0)
		err = links_attach(&attachment->entries, kind, skeleton->progs.on_entry,
				   &places.entries, -1, why);
	places_fini(&places);
	return err;
}

int attachment_init(struct attachment *attachment, const struct attached_plan *attached,
		    enum link_kind kind, const struct gotraced *skeleton, struct reason *why)
{
	const struct plan *plan = attached->plan;
	int err;

	*attachment = (struct attachment){ 0 };
	err = attach_runtime_site(&attachment->runtime, attached, &plan->recovery, kind,
				  skeleton->progs.on_recovery, why);
	if (!err)
		err = attach_runtime_site(&attachment->runtime, attached, &plan->goexit, kind,
					  skeleton->progs.on_goexit, why);
	return err ? err : attach_functions(attachment, attached, kind, skeleton, why);
}

void attachment_fini(struct attachment *attachment)
{
	links_detach(&attachment->entries);
	links_detach(&attachment->returns);
	links_detach(&attachment->runtime);
}

/*
 * The one link of all sites cannot be had larger or smaller. So a second one is set beside it, and
 * the first taken away, while the programs see to it that a hit which both of them see counts once.
 */
static int change_multi(struct attachment *attachment, const struct attached_plan *attached,
			const struct gotraced *skeleton, struct reason *why)
{
	struct attachment next = { 0 };
	int err = attach_functions(&next, attached, LINK_MULTI, skeleton, why);

	if (err) {
		attachment_fini(&next);
		return err;
	}
	links_detach(&attachment->entries);
	links_detach(&attachment->returns);
	attachment->entries = next.entries;
	attachment->returns = next.returns;
	return 0;
}

static int change_perf(struct attachment *attachment, const struct attached_plan *attached,
		       const struct gotraced *skeleton, struct detacher *detacher,
		       struct reason *why)
{
	struct links *returns = &attachment->returns, *entries = &attachment->entries;
	size_t n_returns = returns->n, n_entries = entries->n;
	struct links rest = { 0 };
	struct places places;
	int err = places_init(&places, attached, why);

	if (!err &&
	    links_make_room(&rest, n_returns + places.returns.n + n_entries + places.entries.n))
		err = reason_set(why, -ENOMEM, "out of memory for probes");
	if (!err)
		err = links_attach_missing(returns, skeleton->progs.on_return, &places.returns,
					   why);
	if (!err)
		err = links_attach_missing(entries, skeleton->progs.on_entry, &places.entries, why);
	if (!err) {
		links_keep_sites(entries, &places.entries, &rest);
		links_keep_sites(returns, &places.returns, &rest);
	} else if (rest.at) {
		links_keep_first(entries, n_entries, &rest);
		links_keep_first(returns, n_returns, &rest);
	}
	detacher_add(detacher, &rest);
	places_fini(&places);
	return err;
}

int attachment_change(struct attachment *attachment, const struct attached_plan *attached,
		      enum link_kind kind, const struct gotraced *skeleton,
		      struct detacher *detacher, struct reason *why)
{
	if (kind == LINK_PERF)
		return change_perf(attachment, attached, skeleton, detacher, why);
	return change_multi(attachment, attached, skeleton, why);
}

void attachment_detach_later(struct attachment *attachment, struct detacher *detacher)
{
	detacher_add(detacher, &attachment->entries);
	detacher_add(detacher, &attachment->returns);
	detacher_add(detacher, &attachment->runtime);
}

void attachment_hand_over(struct attachment *attachment)
{
	links_hand_over(&attachment->entries);
	links_hand_over(&attachment->returns);
	links_hand_over(&attachment->runtime);
}
