/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_ANNOUNCE_H
#define GOTRACED_DAEMON_ANNOUNCE_H

#include "daemon/build.h"
#include "trace/tracer.h"

/* What the person at the terminal is told when tracing begins. */

/* What cannot be traced, and why. */
void announce_refusals(const struct build *build);

/* What is traced, and how. */
void announce_attached(const struct build *build, const struct tracer *tracer);

/* Which processes run it already. */
void announce_processes(const struct build *build);

#endif
