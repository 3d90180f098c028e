/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_PROBES_H
#define GOTRACED_TRACE_PROBES_H

#include "plan/plan.h"
#include "trace/attachment.h"

/* From a plan to the sites of each BPF program, with their cookies. 0 or -errno. */
int probes_add_entries(struct sites *sites, const struct attached_plan *attached);
int probes_add_returns(struct sites *sites, const struct attached_plan *attached);
int probes_add_runtime_site(struct sites *sites, const struct attached_plan *attached,
			    const struct plan_runtime_site *site);

#endif
