/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_LIVE_TERMINAL_H
#define GOTRACED_LIVE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "live/key.h"
#include "reason.h"

/*
 * The terminal that standard output is, as a screen: keys come one by one and are not echoed, and
 * frames are drawn where the shell's lines were, which are back as soon as it is left. Signals that
 * keys send (Ctrl-C, Ctrl-Z) stay signals.
 */
struct terminal {
	int fd; /* our own, to read and write, which never wait; 0: not open */
	bool is_plain; /* it is to have no styles */
	bool is_entered;
	bool is_gone; /* nobody is there any more: it was closed, or the connection was lost */
	struct termios before; /* its modes, when it is entered */
	char *pending; /* what of a frame it has not taken yet; owned */
	size_t n_pending, n_written;
	struct key_input input;
};

/* All zero is one that is not open. */
int terminal_open(struct terminal *terminal, struct reason *why);
void terminal_close(struct terminal *terminal);

/*
 * Begins to be a screen, or does so again after the process was stopped. Whatever ends the process,
 * but for SIGKILL, has the terminal left first; of such ends only one terminal can be told. 0 or
 * -errno.
 */
int terminal_enter(struct terminal *terminal);
void terminal_leave(struct terminal *terminal);

/* 80 x 24 where it does not know. */
void terminal_size(const struct terminal *terminal, int *ret_columns, int *ret_lines);

/*
 * Draws a frame, of which it takes the text (from malloc), unless the one before is not written yet:
 * then it is left out, since a slow terminal is not to be waited for.
 */
void terminal_draw(struct terminal *terminal, char *frame, size_t n_bytes);

/* Writes more of the frame; to be called when the terminal takes more. */
void terminal_flush(struct terminal *terminal);

/* Reads what was typed. False when there is nothing. */
bool terminal_read(struct terminal *terminal);

#endif
