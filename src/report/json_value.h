/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_JSON_VALUE_H
#define GOTRACED_REPORT_JSON_VALUE_H

#include <jansson.h>

#include "value/value.h"

/* A value of a Go program as JSON: doc/report.schema.json says how. NULL without memory. */
json_t *json_value(const struct value *value);

#endif
