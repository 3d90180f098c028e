/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_REPORTING_H
#define GOTRACED_DAEMON_REPORTING_H

#include "daemon/session.h"

/* What a session has measured, as reports. */

/*
 * Takes over all that was measured until now, and makes a report on each target, also on those
 * without functions. The reports are the caller's to free; what they point to is the session's, and
 * holds until the next report or change.
 */
int reporting_all(struct session *session, enum report_kind kind, struct report **ret,
		  size_t *ret_n, struct reason *why);

/*
 * Hands a report on the last interval of each target to use, which returns 0 or -ENOMEM, then one on
 * all so far of each; and begins a new interval.
 */
typedef int reporting_use(void *context, const struct report *report);
int reporting_look(struct session *session, reporting_use *use, void *context, struct reason *why);

/*
 * Writes a report to the session's output. One of an interval begins a new interval, but only once
 * it is written: what could not be is part of the next one. That a report could not be written is
 * said, and is no failure; *ret_is_written tells, unless it is NULL.
 */
int reporting_write(struct session *session, enum report_kind kind, bool *ret_is_written,
		    struct reason *why);

/* Writes the last report on those functions of a target that are leaving. */
int reporting_write_leaving(struct session *session, const struct target *target,
			    bool *ret_is_written, struct reason *why);

/*
 * Stops measuring and writes the final report; before it, where there are intervals, that of the
 * one begun last, so that the intervals add up to the whole. The probes are taken away before, or
 * left to session_fini. Here it is a failure that a report cannot be written.
 */
int reporting_finish(struct session *session, bool detaches, struct reason *why);

#endif
