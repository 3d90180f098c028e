/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_APART_H
#define GOTRACED_GO_APART_H

#include <stdbool.h>
#include <stdint.h>

#include "go/span.h"

/*
 * Work on a file that nothing sound need come of, done in a process of its own: what it crashes or
 * corrupts is only itself. The process is nobody, where that can be changed, and in any case has no
 * capabilities, no files but the one that it reads and a pipe to answer to, no way to open more or
 * to start processes, and limited time and memory.
 *
 * What it answers may be its own or that of the file's author: as hostile as the file.
 */
struct apart_limits {
	unsigned int cpu_s, wall_s;
	uint64_t memory_bytes; /* besides what our own process occupies */
	uint64_t answer_bytes;
};

/* In proportion to the file's size, compressed contents included. */
struct apart_limits apart_limits_of(int fd, uint64_t answer_bytes);

/*
 * What is done there: reads from fd, writes its answer to another, and says whether that is whole.
 * It may leave its memory to the process's end.
 */
typedef bool apart_work(int fd, int to, const void *context);

/*
 * The answer is for the caller to free((void *)ret->data). -EIO when the work failed or crashed,
 * -ETIMEDOUT when it took too long, -EFBIG when it said too much, and other errors when there can
 * be no process.
 */
int apart_run(int fd, apart_work *work, const void *context, const struct apart_limits *limits,
	      struct span *ret);

/* Writes all of it: for the work. */
bool apart_write(int to, const void *data, size_t n_bytes);

#endif
