/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_MESSAGES_H
#define GOTRACED_DAEMON_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What is said while a screen is where messages would go. They are kept to be shown on it, and said
 * again after it. Where standard error goes elsewhere, they go there at once as well.
 */
struct messages {
	char **texts; /* the latest last; owned */
	size_t n;
	size_t n_forgotten; /* earlier ones, beyond what is kept */
	bool are_said_later;
};

/* From now on messages are kept. One object at a time. */
void messages_begin(struct messages *messages);

/* Says those that were not said yet, and keeps no more. */
void messages_end(struct messages *messages);

#endif
