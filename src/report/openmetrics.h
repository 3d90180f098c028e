/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_OPENMETRICS_H
#define GOTRACED_REPORT_OPENMETRICS_H

#include <stdbool.h>
#include <stdio.h>

#include "report/report.h"

/*
 * What was measured of all targets since the start, as OpenMetrics 1.0 or as Prometheus's text
 * format 0.0.4. The names are the same, and so are the samples; a reader of either takes the metrics
 * for what they are.
 */
struct openmetrics {
	const struct report *reports; /* one a target, each of all so far */
	size_t n_reports;
	const uint64_t *bounds_ns; /* upper ones of the histograms' buckets, ascending */
	size_t n_bounds;
	bool is_plain; /* the text format 0.0.4 */
};

/* For HTTP's Content-Type. */
const char *openmetrics_content_type(bool is_plain);

/* Errors of the stream are left to it. 0 or -ENOMEM. */
int openmetrics_print(FILE *to, const struct openmetrics *what);

#endif
