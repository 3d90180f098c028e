/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/metrics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/reporting.h"
#include "daemon/say.h"
#include "report/openmetrics.h"

static int print(void *context, FILE *to, bool is_plain, struct reason *why)
{
	struct session *session = context;
	struct openmetrics what = {
		.bounds_ns = session->buckets->ns,
		.n_bounds = session->buckets->n,
		.is_plain = is_plain,
	};
	struct report *reports;
	int err = reporting_all(session, REPORT_DUMP, &reports, &what.n_reports, why);

	if (err)
		return err;
	what.reports = reports;
	err = openmetrics_print(to, &what);
	free(reports);
	return err ? reason_set(why, err, "out of memory for the metrics") : 0;
}

/* Where it may be our own server that has the address: that goes first, and comes back if need be. */
static int serve_in_place(struct session *session, const char *listen, struct reason *why)
{
	char *before = strdup(server_listen(session->server));
	struct reason ignored;
	int err;

	if (!before)
		return reason_set(why, -ENOMEM, "out of memory");
	server_close(session->server);
	session->server = NULL;
	err = server_open(&session->server, listen, print, session, why);
	if (err)
		server_open(&session->server, before, print, session, &ignored);
	free(before);
	return err;
}

int metrics_serve(struct session *session, const char *listen, struct reason *why)
{
	struct server *server = NULL;
	int err = listen ? server_open(&server, listen, print, session, why) : 0;

	if (err == -EADDRINUSE && session->server)
		return serve_in_place(session, listen, why);
	if (err)
		return err;
	server_close(session->server);
	session->server = server;
	return 0;
}

void metrics_announce(const struct session *session)
{
	const char *name = server_name(session->server);

	if (name)
		say(strchr(name, '/') ? "metrics are served at /metrics on the socket %s"
				      : "metrics are served at http://%s/metrics",
		    name);
}
