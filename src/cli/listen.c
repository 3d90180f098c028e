/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/listen.h"

#include <errno.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/value.h"

enum { MAX_PORT = 65535 };

static int parse_path(const char *text, struct listen_address *ret, struct reason *why)
{
	size_t n = strlen(text);

	if (n >= sizeof(ret->at.un.sun_path))
		return reason_set(why, -EINVAL,
				  "'%s' is too long for the path of a Unix socket: it has %zu "
				  "bytes, and %zu is the most there can be",
				  text, n, sizeof(ret->at.un.sun_path) - 1);
	ret->at.un.sun_family = AF_UNIX;
	memcpy(ret->at.un.sun_path, text, n + 1);
	ret->n_bytes = sizeof(ret->at.un);
	memcpy(ret->name, text, n + 1);
	return 0;
}

static int not_understood(const char *text, struct reason *why)
{
	return reason_set(why, -EINVAL,
			  "'%s' is none of PORT, ADDRESS:PORT, [IPV6]:PORT and a path with a slash "
			  "in it",
			  text);
}

static int look_up(const char *host, const char *port, int family, struct listen_address *ret)
{
	const struct addrinfo hints = {
		.ai_family = family,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
	};
	struct addrinfo *found;

	if (getaddrinfo(host, port, &hints, &found))
		return -EINVAL;
	memcpy(&ret->at, found->ai_addr, found->ai_addrlen);
	ret->n_bytes = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

static int parse_address(const char *text, struct listen_address *ret, struct reason *why)
{
	const char *colon = strrchr(text, ':'), *port = colon ? colon + 1 : text;
	bool is_v6 = text[0] == '[';
	size_t n = colon ? (size_t)(colon - text) : 0;
	char host[64] = "127.0.0.1";
	uint64_t number;

	if (value_number(&number, port, MAX_PORT, why))
		return not_understood(text, why);
	if (colon && (n == 0 || n >= sizeof(host) || (is_v6 && colon[-1] != ']')))
		return not_understood(text, why);
	if (colon)
		snprintf(host, sizeof(host), "%.*s", (int)n - 2 * is_v6, text + is_v6);
	if (look_up(host, port, is_v6 ? AF_INET6 : AF_INET, ret))
		return reason_set(why, -EINVAL, "'%s' is no IP address", host);
	snprintf(ret->name, sizeof(ret->name), is_v6 ? "[%s]:%lu" : "%s:%lu", host, number);
	return 0;
}

int listen_parse(const char *text, struct listen_address *ret, struct reason *why)
{
	struct listen_address address = { 0 };
	int err = strchr(text, '/') ? parse_path(text, &address, why)
				    : parse_address(text, &address, why);

	if (!err)
		*ret = address;
	return err;
}
