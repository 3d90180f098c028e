/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_REPORTED_H
#define GOTRACED_TESTS_REPORTED_H

#include "report/report.h"

/* What the tests of the formats report: a program with a busy function and an idle one, and a plan.
 */
enum { BUSY, IDLE, N_FUNCTIONS };

extern struct stats reported_stats;
extern struct report_function reported_functions[N_FUNCTIONS];
extern struct report reported;
extern const struct plan reported_plan; /* of a traced and a refused function */

void reported_init(void);
void reported_fini(void);

/* 900 calls of 1 ms and 100 of 100 ms; 3 in flight, 4 unwound, 5 unmatched. */
void reported_call_busy(void);

/* What the format prints, until the next call. */
const char *reported_calls(const struct report_format *format, const struct report_style *style);
const char *reported_as(int (*print)(FILE *to, const struct plan *plan, const char *binary));

#endif
