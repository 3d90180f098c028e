/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/listener.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "daemon/processes.h"

enum {
	MAX_WAITING = 64, /* clients that are not accepted yet */
	NOT_FOR_OTHERS = 0117, /* a umask: rw-rw---- */
};

static int cannot_listen(const struct listen_address *address, int err, const char *what,
			 struct reason *why)
{
	return reason_set(why, err, "cannot listen at %s: %s%s", address->name, strerror(-err),
			  what);
}

static const char *advice(int err)
{
	switch (err) {
	case -EADDRINUSE:
		return "; --listen can name another port";
	case -EADDRNOTAVAIL:
		return "; --listen wants an address of this machine's";
	case -EACCES:
		return "; it takes the right to, or another --listen";
	case -ENOENT:
		return "; the folder of the socket must be there";
	default:
		return "";
	}
}

static int bind_for_group(int fd, const struct listen_address *address)
{
	mode_t before = umask(NOT_FOR_OTHERS);
	int err = bind(fd, &address->at.any, address->n_bytes) ? -errno : 0;

	umask(before);
	return err;
}

/* Removes a socket's file that a process left behind, and nothing else. */
static int remove_stale(const struct listen_address *address, struct reason *why)
{
	const char *path = address->at.un.sun_path;
	struct stat file;
	int fd, err;

	if (lstat(path, &file) == 0 && !S_ISSOCK(file.st_mode))
		return cannot_listen(address, -EEXIST, ", and it is no socket", why);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return cannot_listen(address, -errno, "", why);
	err = connect(fd, &address->at.any, address->n_bytes) ? -errno : 0;
	close(fd);
	if (err != -ECONNREFUSED)
		return cannot_listen(address, -EADDRINUSE, ": another process listens there", why);
	return unlink(path) ? cannot_listen(address, -errno, "", why) : 0;
}

static int bind_file(struct listener *listener, struct reason *why)
{
	const struct listen_address *address = &listener->address;
	int err = bind_for_group(listener->fd, address);

	if (err == -EADDRINUSE) {
		err = remove_stale(address, why);
		if (err)
			return err;
		err = bind_for_group(listener->fd, address);
	}
	if (err)
		return cannot_listen(address, err, advice(err), why);
	if (lstat(address->at.un.sun_path, &listener->file))
		listener->file = (struct stat){ 0 };
	return 0;
}

static int bind_port(const struct listener *listener, struct reason *why)
{
	const struct listen_address *address = &listener->address;
	const int yes = 1;
	int err;

	/* A port is free again as soon as nobody listens there, not when its last client is forgotten. */
	setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	err = bind(listener->fd, &address->at.any, address->n_bytes) ? -errno : 0;
	return err ? cannot_listen(address, err, advice(err), why) : 0;
}

int listener_open(struct listener *listener, const struct listen_address *address,
		  struct reason *why)
{
	int family = address->at.any.sa_family, err;

	*listener = (struct listener){ .address = *address };
	listener->fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener->fd < 0)
		return cannot_listen(address, -errno, "", why);
	err = family == AF_UNIX ? bind_file(listener, why) : bind_port(listener, why);
	if (!err && listen(listener->fd, MAX_WAITING)) {
		err = cannot_listen(address, -errno, advice(-errno), why);
		listener_remove_file(listener);
	}
	if (err)
		close(listener->fd);
	return err;
}

void listener_remove_file(const struct listener *listener)
{
	const char *path = listener->address.at.un.sun_path;
	struct stat file;

	if (listener->address.at.any.sa_family == AF_UNIX && lstat(path, &file) == 0 &&
	    is_same_file(&file, &listener->file))
		unlink(path);
}
