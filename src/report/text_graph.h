/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_TEXT_GRAPH_H
#define GOTRACED_REPORT_TEXT_GRAPH_H

#include "report/report.h"

/*
 * What a text report says of its functions' calls of each other: how much time was spent in each function
 * itself, and who called whom. 0 or -ENOMEM.
 */
int text_print_graph(FILE *to, const struct report *report, const struct report_style *style);

#endif
