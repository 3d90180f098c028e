/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_HLOG_H
#define GOTRACED_REPORT_HLOG_H

#include <stdint.h>
#include <stdio.h>

#include "stats/histogram.h"

/*
 * A histogram log: text that HdrHistogram's viewers read and plot, a line for each histogram. Times
 * of day are ns since the epoch (CLOCK_REALTIME), and are written as seconds with three decimals.
 * Output errors are left to the stream: its owner checks it.
 *
 * The format is version 1.3, as HistogramLogWriter.java of HdrHistogram 2.1.11 writes it and
 * HistogramLogScanner.java reads it.
 */

/* The lines before the first histogram; at_ns is not after its start. */
void hlog_begin(FILE *to, uint64_t at_ns);

/*
 * The line of one histogram, of values in ns that were recorded from start_ns on for length_ns. The
 * maximum is also written in plain, in ms.
 *
 * The tag says which of several histograms of the same time it is. It is UTF-8. What would end it
 * in the eyes of a reader (a comma, a blank, a line break, any control character) becomes '_', so
 * that "main.F[int,string]" is "main.F[int_string]", and names that differ in nothing else share a
 * tag. Readers take an empty tag for none.
 *
 * 0 or -ENOMEM; then nothing was written.
 */
int hlog_line(FILE *to, const char *tag, uint64_t start_ns, uint64_t length_ns,
	      const struct histogram *durations);

#endif
