/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_ANNOUNCE_H
#define GOTRACED_DAEMON_ANNOUNCE_H

#include "daemon/session.h"

/* What the person at the terminal is told when tracing begins. */

/* What cannot be traced, and why. */
void announce_refusals(const struct target *target);

/* What is traced, and how. */
void announce_attached(const struct target *target, const struct tracer *tracer);

/* Which processes run it already. */
void announce_processes(const struct target *target);

#endif
