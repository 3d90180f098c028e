/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_ATTACHMENT_H
#define GOTRACED_TRACE_ATTACHMENT_H

#include "plan/plan.h"
#include "trace/links.h"

struct gotraced;

/* A plan whose functions are to be probed, as part of all that are traced. */
struct attached_plan {
	const struct plan *plan;
	uint32_t first_function; /* the index of the plan's first traced function among all */
	const bool *is_left_out; /* by the index among all: not this one */
};

/* The probes of one plan. All zero is none. */
struct attachment {
	struct links returns; /* and those of the runtime's sites, which end calls as well */
	struct links entries;
	const struct plan *plan;
};

/*
 * Sets the probes, returns first, so that no call is begun that cannot end. What was set before a
 * failure stays, for attachment_fini. The plan's file must be open for the duration of the call.
 */
int attachment_init(struct attachment *attachment, const struct attached_plan *attached,
		    enum link_kind kind, const struct gotraced *skeleton, struct reason *why);
void attachment_fini(struct attachment *attachment);

#endif
