/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_TEXT_TREE_H
#define GOTRACED_REPORT_TEXT_TREE_H

#include "report/report.h"

/* A tree of calls, a line each, indented; as struct report_format has it. */
int text_print_tree(FILE *to, const struct report_tree *tree, const struct report_style *style);

#endif
