/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REASON_H
#define GOTRACED_REASON_H

/*
 * Why something failed, in words for a person: what failed, on what, and what to do about it. Lower
 * folders fill one in and return a negative errno; only cli/ and daemon/ print it. Owned by the
 * caller, never allocated; a text that does not fit is cut.
 */
struct reason {
	char text[1024];
};

/*
 * Sets the text and returns err, so that a failing path reads: return reason_set(why, -ENOENT,
 * "…").
 */
int reason_set(struct reason *why, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
