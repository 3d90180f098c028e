/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_TEXT_CALL_H
#define GOTRACED_REPORT_TEXT_CALL_H

#include "report/report.h"

/* Single calls as text, a line each; as struct report_format has them. */
int text_print_call(FILE *to, const struct report_call *call, const struct report_style *style);

/* A moment by CLOCK_REALTIME as the clock on the wall has it. */
void text_print_time(FILE *to, uint64_t ns);

int text_print_values(FILE *to, const struct report_call *call, const struct report_style *style);
int text_print_omitted(FILE *to, const struct report_omitted *omitted);

#endif
