/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_PROCESSES_H
#define GOTRACED_DAEMON_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * The process that a thread belongs to, itself where it is the first; 0 when there is no such
 * thread.
 */
pid_t process_of(pid_t tid);

/* Does /proc know processes by the ids of our own pid namespace? */
bool processes_are_ours(void);

bool is_same_file(const struct stat *one, const struct stat *other);

/* Is it the same file, and was it not written to in between? */
bool is_unchanged(const struct stat *then, const struct stat *now);

/* Does the process run this program? */
bool process_runs(pid_t pid, const struct stat *program);

/*
 * The processes that do, as far as /proc lets one see: up to n of them into pids, and how many in
 * all.
 */
size_t processes_running(const struct stat *program, pid_t *pids, size_t n);

#endif
