/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_METRICS_H
#define GOTRACED_DAEMON_METRICS_H

#include "daemon/session.h"

/*
 * Has what a session measures served at listen, or nowhere where that is NULL, from the next time on
 * that its server is run. After a failure all is as before.
 */
int metrics_serve(struct session *session, const char *listen, struct reason *why);

/* Says where they are served. */
void metrics_announce(const struct session *session);

#endif
