/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_RELOAD_H
#define GOTRACED_DAEMON_RELOAD_H

#include "daemon/session.h"

/*
 * Reads the options again and has a running session do what they say now. What stays in them goes
 * on without a gap; what goes is reported for the last time. Where they are wrong, that is said, and
 * all stays as it is. In any case the output is opened anew. Fails only with what is measured.
 */
int reload(struct session *session, struct options *options, struct reason *why);

#endif
