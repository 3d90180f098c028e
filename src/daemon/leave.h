/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_LEAVE_H
#define GOTRACED_DAEMON_LEAVE_H

#include "daemon/session.h"

/* Functions that leave: they are reported for the last time, and forgotten. */

/* Those of a target that are probed in no build, nor planned to be; or of all targets. */
int leave_unwanted(struct session *session, const struct target *target, struct reason *why);
int leave_all_unwanted(struct session *session, struct reason *why);

#endif
