/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_SAY_H
#define GOTRACED_DAEMON_SAY_H

/*
 * A message to the person at the terminal: a line on standard error, with the program's name before
 * it.
 */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Makes question marks of a text's control characters, but of those in kept: what others chose, as
 * names of files, could hold what terminals take for commands.
 */
void disarm(char *text, const char *kept);

#endif
