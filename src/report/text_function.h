/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_TEXT_FUNCTION_H
#define GOTRACED_REPORT_TEXT_FUNCTION_H

#include "report/report.h"

/*
 * What the text report says of a function of the report's: an empty line, a line with its name, two
 * lines of figures, and its histogram.
 */
void text_print_function(FILE *to, const struct report *report, const struct report_function *of,
			 const struct figures *figures, const struct report_style *style);

#endif
