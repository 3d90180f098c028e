/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_TEXT_SPLIT_H
#define GOTRACED_REPORT_TEXT_SPLIT_H

#include "report/report.h"

/* The calls of one of the report's functions, told apart: a line for each value. 0 or -ENOMEM. */
int text_print_split(FILE *to, const struct report *report, uint32_t function,
		     const struct report_style *style);

#endif
