/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_LEAVE_H
#define GOTRACED_DAEMON_LEAVE_H

#include "daemon/session.h"

/* Functions that leave: they are reported for the last time, and forgotten. */

/* Those of a target that are not probed any more, and that no build is planned to be for. */
int leave_unwanted(struct session *session, const struct target *target, struct reason *why);

/* Those of all targets that no build that is there has, to make room for others. */
int leave_gone(struct session *session, struct reason *why);

#endif
