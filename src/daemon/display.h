/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_DISPLAY_H
#define GOTRACED_DAEMON_DISPLAY_H

#include "daemon/messages.h"
#include "daemon/session.h"
#include "live/take.h"
#include "live/terminal.h"
#include "live/view.h"

/*
 * A session on a live screen: figures of the last interval and of all so far, drawn anew after each
 * interval and at each key. While it is there, messages and reports wait. All zero is none, on which
 * only display_stop may be called.
 */
struct display {
	struct session *session;
	struct terminal *terminal;
	struct view view;
	struct take take;
	struct messages messages;
	size_t n_processes;
	uint64_t counted_ns; /* when these were counted, by CLOCK_MONOTONIC */
};

/* The terminal, which is open, must outlive the display. */
int display_start(struct display *display, struct session *session, struct terminal *terminal,
		  struct reason *why);

/* Gives the terminal back, and says what was to be said meanwhile. */
void display_stop(struct display *display);

/* Draws what was measured in the interval that ends now; nothing new while it is paused. */
int display_refresh(struct display *display, struct reason *why);

/* Draws the same again, in a window that may have changed. */
int display_draw(struct display *display, struct reason *why);

/*
 * Obeys the keys that were typed, and writes what the terminal did not take yet. is_all: a moment
 * has gone by since, so that what looks like half a key is a whole one. *ret_is_partial: half a key
 * is there; *ret_quits: the user wants to end, or is gone.
 */
int display_on_terminal(struct display *display, bool is_all, bool *ret_is_partial, bool *ret_quits,
			struct reason *why);

/*
 * Obeys SIGWINCH, SIGTSTP, by which the process stops with the terminal as it was before, and
 * SIGCONT.
 */
int display_on_signal(struct display *display, uint32_t signo, struct reason *why);

#endif
