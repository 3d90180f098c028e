/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_ATTACHMENT_H
#define GOTRACED_TRACE_ATTACHMENT_H

#include "plan/plan.h"
#include "trace/detacher.h"
#include "trace/links.h"

struct gotraced;

/* The probes of one plan. All zero is none. */
struct attachment {
	struct links returns, entries;
	struct links runtime; /* at the runtime's sites, which end calls as well */
	struct attachment *next; /* of all that a tracer has */
};

/*
 * Sets the probes, returns first, so that no call is begun that cannot end. What was set before a
 * failure stays, for attachment_fini. The plan's file must be open for the duration of the call.
 */
int attachment_init(struct attachment *attachment, const struct attached_plan *attached,
		    enum link_kind kind, const struct gotraced *skeleton, struct reason *why);
void attachment_fini(struct attachment *attachment);

/*
 * Has it probe these functions of the plan instead. Those that it probed before and shall go on to
 * are never without their probes, but for some time, until the detacher is done, may have two at a
 * place. After a failure it is as before.
 */
int attachment_change(struct attachment *attachment, const struct attached_plan *attached,
		      enum link_kind kind, const struct gotraced *skeleton,
		      struct detacher *detacher, struct reason *why);

/* As attachment_fini, but without waiting. */
void attachment_detach_later(struct attachment *attachment, struct detacher *detacher);

/* As links_hand_over. */
void attachment_hand_over(struct attachment *attachment);

#endif
