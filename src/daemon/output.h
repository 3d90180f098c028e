/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_OUTPUT_H
#define GOTRACED_DAEMON_OUTPUT_H

#include "live/terminal.h"
#include "reason.h"
#include "report/report.h"

/*
 * Where reports go, and in what shape. A report is printed to memory and then written as a whole:
 * of one that does not fit a disk nothing is left there, and one that a reader of a pipe takes only
 * in part is gone on with before the next.
 */
struct output {
	const struct report_format *format;
	struct report_style style;
	struct terminal terminal; /* that standard output is, while it is a live screen */
	char *path; /* NULL: standard output; owned */
	const char *name; /* for messages */
	int fd;
	FILE *to; /* what is printed here is in text, once flushed */
	char *text; /* owned */
	size_t n_bytes, n_written; /* of it */
	bool has_begun; /* what a file starts with is printed, where that is no file */
	bool has_failed; /* the last attempt to write has */
	bool is_patient; /* a reader is waited for as long as it takes, or until a signal */
	bool is_held; /* standard output shows something else: reports wait, in text */
};

/* path NULL: standard output. An existing file is replaced, or added to. */
int output_init(struct output *output, const char *path, bool is_added_to,
		const struct report_format *format, struct reason *why);
void output_fini(struct output *output);

/*
 * To be called before a report of a span from started_ns on (CLOCK_REALTIME) is printed: writes what
 * is left of the last one, as output_write, and prints what a file starts with.
 */
int output_begin(struct output *output, uint64_t started_ns, struct reason *why);

/*
 * Writes what was printed, or holds it; takes a second, or little more, where nobody reads, if it is
 * not patient. What came out in part, and cannot be taken back, counts as written: its rest comes next.
 */
int output_write(struct output *output, struct reason *why);

/* Writes the rest of that; fails where it cannot. */
int output_finish(struct output *output, struct reason *why);

/* Says that it cannot be written to, for err, which is returned. */
int output_explain(const struct output *output, int err, struct reason *why);

/* Opens the file of that name anew, as after it was renamed. After a failure all is as before. */
int output_reopen(struct output *output, struct reason *why);

/* Has reports go elsewhere, added to what is there. After a failure all is as before. */
int output_change(struct output *output, const char *path, const struct report_format *format,
		  struct reason *why);

#endif
