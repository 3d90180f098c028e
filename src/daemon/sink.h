/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_SINK_H
#define GOTRACED_DAEMON_SINK_H

#include "trace/tracer.h"

struct session;

/* What becomes of calls that the kernel has measured: they are recorded, with their details if there are any. */
struct tracer_sink sink_of(struct session *session);

/* Adds a call that returned, with the text of what tells it apart; NULL: nothing, or not known. */
void session_record(struct session *session, uint32_t function, const char *by,
		    uint64_t duration_ns);

#endif
