/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_CLI_LISTEN_H
#define GOTRACED_CLI_LISTEN_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "reason.h"

/* Where to listen. */
struct listen_address {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	} at;
	socklen_t n_bytes; /* of it */
	char name[128]; /* for people: with the address where only a port was given */
};

/*
 * Reads PORT, which is one of the loopback address, ADDRESS:PORT, [IPV6]:PORT, or the path of a Unix
 * socket, which has a slash in it. 0, or -EINVAL with the reason.
 */
int listen_parse(const char *text, struct listen_address *ret, struct reason *why);

#endif
