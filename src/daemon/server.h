/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_SERVER_H
#define GOTRACED_DAEMON_SERVER_H

#include <stdbool.h>
#include <stdio.h>

#include "reason.h"

/*
 * Answers by HTTP: metrics at /metrics, and at /healthz that it does. It has no thread: whoever has
 * it calls server_run when server_fd is readable, when server_has_more, and each second.
 *
 * No client can hold it up or have much of it: nothing blocks, a connection is for one answer, which
 * it has 10 seconds for, and one more than 32 takes the place of the oldest.
 */
struct server;

/*
 * Prints the metrics; is_plain, in Prometheus's text format 0.0.4 instead of OpenMetrics. 0 or
 * -errno, with the reason.
 */
typedef int server_print(void *context, FILE *to, bool is_plain, struct reason *why);

/* Listens; listen is as listen_parse reads it. Clients are answered from the first run on. */
int server_open(struct server **ret, const char *listen, server_print *print, void *context,
		struct reason *why);
void server_close(struct server *server);

int server_fd(const struct server *server);

/* NULL is a server that has nothing to do. */
void server_run(struct server *server);
/* Is there something that can be done at once? */
bool server_has_more(const struct server *server);

/* Where it listens, as it was given and for people. NULL of NULL. */
const char *server_listen(const struct server *server);
const char *server_name(const struct server *server);

#endif
