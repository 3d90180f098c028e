/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_JSON_CALL_H
#define GOTRACED_REPORT_JSON_CALL_H

#include "report/json_line.h"
#include "report/report.h"

/* Single calls as JSON, an object and a line each; as struct report_format has them. */
int json_print_call(FILE *to, const struct report_call *call, const struct report_style *style);

/* What was taken of a call, as members of an object. */
void json_add_values(struct json_line *line, const struct report_call *call);

int json_print_omitted(FILE *to, const struct report_omitted *omitted);

#endif
