/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/supervisor.h"

#include <stdio.h>
#include <systemd/sd-daemon.h>

enum { MAX_TARGETS_NAMED = 4 };

static size_t n_probed(const struct session *session, const struct target *target)
{
	size_t n = 0;

	for (size_t i = 0; i < session->functions.n_used; i++)
		n += session->functions.at[i].target == target &&
		     session->functions.at[i].n_builds > 0;
	return n;
}

static void describe(const struct session *session, char *text, size_t n_room)
{
	const struct targets *targets = session->targets;
	size_t n = 0;

	for (size_t i = 0; i < targets->n && i < MAX_TARGETS_NAMED && n < n_room; i++) {
		size_t n_functions = n_probed(session, targets->at[i]);

		n += (size_t)snprintf(text + n, n_room - n, "%s%zu function%s of %s",
				      i ? ", " : "tracing ", n_functions,
				      n_functions == 1 ? "" : "s", targets->at[i]->name);
	}
	if (targets->n > MAX_TARGETS_NAMED && n < n_room)
		snprintf(text + n, n_room - n, " and %zu more", targets->n - MAX_TARGETS_NAMED);
}

void supervisor_ready(const struct session *session)
{
	char what[1024] = "tracing nothing";

	describe(session, what, sizeof(what));
	sd_notifyf(0, "READY=1\nSTATUS=%s", what);
}

void supervisor_reloading(void)
{
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lu", kernel_now_ns() / 1000);
}

void supervisor_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

void supervisor_ping(void)
{
	sd_notify(0, "WATCHDOG=1");
}

uint64_t supervisor_watchdog_ns(void)
{
	uint64_t us = 0;

	return sd_watchdog_enabled(0, &us) > 0 ? us * 1000 : 0;
}
