/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_SUPERVISOR_H
#define GOTRACED_DAEMON_SUPERVISOR_H

#include <stdint.h>

#include "daemon/session.h"

/*
 * Tells the service manager, where there is one, how we are: sd_notify(3). Without one all of these
 * do nothing.
 */

/* Probes are set, or the configuration is read again: ready. Also says what is traced. */
void supervisor_ready(const struct session *session);

/* The configuration is being read again. */
void supervisor_reloading(void);

void supervisor_stopping(void);

/* All is well; to be called at least every supervisor_watchdog_ns, unless that is 0. */
void supervisor_ping(void);
uint64_t supervisor_watchdog_ns(void);

#endif
