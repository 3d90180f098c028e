/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_COMMAND_H
#define GOTRACED_DAEMON_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

#include "reason.h"

/*
 * A program that is started to be traced: its process exists, and its id is known, before it runs
 * its first instruction. All zero is none.
 */
struct command {
	pid_t pid;
	int go_fd; /* a byte here lets it run; closed without one, the process ends */
	int failure_fd; /* the errno of exec comes from here, or nothing */
};

/* The file that a command name stands for, by PATH as a shell finds it; for the caller to free. */
int command_find(const char *name, char **ret, struct reason *why);

/*
 * Makes the process and holds it. path is what it will run, argv what it is told; both
 * NULL-terminated. is_off_terminal: its standard input, output and error are nothing (/dev/null)
 * where they are a terminal.
 */
int command_hold(struct command *command, const char *path, char **argv, bool is_off_terminal,
		 struct reason *why);

/* Lets it run; fails when exec does. */
int command_release(struct command *command, const char *path, struct reason *why);

/*
 * Ends a process that is still held, waits for one that is over. The caller sees to one that runs.
 */
void command_fini(struct command *command);

#endif
