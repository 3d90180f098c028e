/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_OUTPUT_H
#define GOTRACED_DAEMON_OUTPUT_H

#include "reason.h"
#include "report/report.h"

/* Where data goes, and in what shape. */
struct output {
	FILE *to;
	const char *name; /* for messages */
	const struct report_format *format;
	struct report_style style;
};

/* path NULL: standard output. An existing file is replaced. */
int output_init(struct output *output, const char *path, const struct report_format *format,
		struct reason *why);

/*
 * Brings what was printed to its place; fails when that, or any printing since the last time, did
 * not work.
 */
int output_flush(struct output *output, struct reason *why);

void output_fini(struct output *output);

#endif
