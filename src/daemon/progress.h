/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_PROGRESS_H
#define GOTRACED_DAEMON_PROGRESS_H

/*
 * Tells the person at the terminal what takes so long: from a second after the beginning on, until
 * the end, a line says it and for how many seconds it has lasted. Nothing is printed where standard
 * error is no terminal. One thing at a time.
 */
void progress_begin(const char *format, ...) __attribute__((format(printf, 1, 2)));
void progress_end(void);

#endif
