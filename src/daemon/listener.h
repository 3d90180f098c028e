/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_LISTENER_H
#define GOTRACED_DAEMON_LISTENER_H

#include <sys/stat.h>

#include "cli/listen.h"

/* A socket that clients can connect to. */
struct listener {
	struct listen_address address;
	int fd;
	struct stat file; /* of a Unix socket */
};

/*
 * Listens. The file of a Unix socket is for its owner and group (mode 0660); one where nobody listens
 * any more is replaced. 0 or -errno.
 */
int listener_open(struct listener *listener, const struct listen_address *address,
		  struct reason *why);

/* Removes the file of a Unix socket, if it is still ours. The socket is the caller's to close. */
void listener_remove_file(const struct listener *listener);

#endif
