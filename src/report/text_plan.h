/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_TEXT_PLAN_H
#define GOTRACED_REPORT_TEXT_PLAN_H

#include <stdio.h>

#include "plan/plan.h"

/* What is in a program and where it would be probed, as text: see struct report_format. */
int text_print_plan(FILE *to, const struct plan *plan, const char *binary);
int text_print_list(FILE *to, const struct plan *plan, const char *binary);
int text_print_summary(FILE *to, const struct plan *plan, const char *binary);

#endif
