/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_LEAVE_H
#define GOTRACED_DAEMON_LEAVE_H

#include "daemon/session.h"

/* Functions that leave: they are reported for the last time, and forgotten. */

/* Those of a target that are probed in no build, nor planned to be. */
int leave_unwanted(struct session *session, const struct target *target, struct reason *why);

/* Those that a target still has when it goes itself: they are forgotten, which is said. */
void leave_unreported(struct session *session, const struct target *target);

/* Probes a build, as session_attach_build; where there is no room for its functions, unwanted leave. */
int leave_and_attach(struct session *session, const struct target *target, struct build *build,
		     struct reason *why);

#endif
