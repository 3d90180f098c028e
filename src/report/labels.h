/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_LABELS_H
#define GOTRACED_REPORT_LABELS_H

#include "report/report.h"

/*
 * The labels of a metric's series, as OpenMetrics writes them between braces: what they are of, and
 * what the user says of the target. A function's are target and function, and nth where its program
 * has several of the name; a target's is target, whose value is numbered where several have the name.
 */

/*
 * Those of the target that the report of that index is on, or of a function of it. For the caller to
 * free; NULL without memory.
 */
char *labels_new(const struct report *reports, size_t index,
		 const struct report_function *function);

/* One more, with a comma before it: its value is quoted, and made valid UTF-8. 0 or -ENOMEM. */
int labels_print(FILE *to, const char *name, const char *value);

#endif
