/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_SAY_H
#define GOTRACED_DAEMON_SAY_H

#include <stdbool.h>

#include <stdbool.h>

/*
 * A message to the person at the terminal: a line on standard error, with the program's name before
 * it. Where standard error is the journal, it is an entry there, with a priority: what goes on is
 * "info", what is not as it should be a "warning", and what ends gotraced an "error".
 */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Is handed each message, without the program's name, before it is printed. True: it is not to be
 * printed now.
 */
typedef bool say_listener(void *context, const char *text);

/* There is one at most; NULL: none. */
void say_listen(say_listener *listener, void *context);

/*
 * Makes question marks of a text's control characters: what others chose, as names of files, could
 * hold what terminals take for commands. With keeps_lines, a line break stays where an indented line
 * follows, so that no name can pass for a message.
 */
void disarm(char *text, bool keeps_lines);

#endif
