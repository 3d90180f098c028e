/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_JSON_SPLIT_H
#define GOTRACED_REPORT_JSON_SPLIT_H

#include <jansson.h>

#include "report/report.h"

/* The calls of one of the report's functions, told apart, as doc/report.schema.json has them. NULL without memory. */
json_t *json_split(const struct report *report, uint32_t function);

#endif
