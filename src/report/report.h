/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_REPORT_H
#define GOTRACED_REPORT_REPORT_H

#include <stdio.h>

#include "plan/plan.h"
#include "stats/stats.h"

/* What a report says, whatever its format. */
enum report_kind {
	REPORT_INTERVAL, /* one interval by itself */
	REPORT_DUMP, /* everything so far, asked for in between */
	REPORT_FINAL, /* everything */
};

struct report {
	enum report_kind kind;
	const char *binary;
	double seconds; /* how long its span is; more than 0 */
	const struct stats *stats;
	uint32_t first_function; /* of the binary, in stats */
	size_t n_functions;
	const char *const *names; /* of those functions */
};

/* Where a text report is to fit in. */
struct report_style {
	int n_columns;
	bool is_utf8;
};

/*
 * A format. binary is the program's name, for people. Output errors are left to the stream: its
 * owner checks it. Memory errors are returned: 0 or -ENOMEM.
 */
struct report_format {
	int (*calls)(FILE *to, const struct report *report, const struct report_style *style);
	int (*plan)(FILE *to, const struct plan *plan, const char *binary);
	int (*list)(FILE *to, const struct plan *plan, const char *binary);
};

extern const struct report_format report_text;
extern const struct report_format report_json;

/* "interval", "dump" or "final". */
const char *report_kind_name(enum report_kind kind);

enum stats_span report_span(const struct report *report);

/* The figures of one of the report's functions, over the report's span. */
void report_figures(const struct report *report, uint32_t function, struct figures *ret);

#endif
