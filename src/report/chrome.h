/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_CHROME_H
#define GOTRACED_REPORT_CHROME_H

#include "report/report.h"

/*
 * Trees of calls as a trace in the Trace Event Format, as Perfetto and Chrome open it: an array of JSON
 * objects, one for each call, on a track for each goroutine. Times are CLOCK_MONOTONIC, as in the kernel's
 * own traces. Of a file that was not ended, what there is can be opened as well.
 *
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
struct chrome;

/*
 * 0 or -ENOMEM. Output errors are left to the stream, which stays the caller's. It is flushed after whole
 * events, and writes nothing else where its buffer is large: Chrome does not read a part of one.
 */
int chrome_new(struct chrome **ret, FILE *to);
void chrome_free(struct chrome *chrome);

/* 0 or -ENOMEM. */
int chrome_add(struct chrome *chrome, const struct report_tree *tree);
void chrome_end(struct chrome *chrome);

#endif
