/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_JSON_TREE_H
#define GOTRACED_REPORT_JSON_TREE_H

#include "report/report.h"

/* A tree of calls as JSON, an object on a line; as struct report_format has it. */
int json_print_values(FILE *to, const struct report_call *call, const struct report_style *style);
int json_print_tree(FILE *to, const struct report_tree *tree, const struct report_style *style);

/* An object on a line that says which of a report's functions called which. 0 or -ENOMEM. */
int json_print_graph(FILE *to, const struct report *report);

#endif
