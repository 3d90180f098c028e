/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_SIGNALS_H
#define GOTRACED_DAEMON_SIGNALS_H

#include <stdbool.h>

/* The signals that the loop waits for; with a screen, those of its terminal as well. */

/* Blocks them, but for those that end gotraced, so that none is lost before the loop runs. */
void signals_block(bool is_live);

/* Blocks those, too: from when there is something to report on. */
void signals_block_ending(void);

/* A file descriptor that they are read from (signalfd), or -errno. */
int signals_open(bool is_live);

/*
 * Has those that end gotraced act as they do by default: a second one ends it at once, also where a
 * shell had them ignored.
 */
void signals_end_by_default(void);

#endif
