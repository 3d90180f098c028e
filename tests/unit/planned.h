/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_PLANNED_H
#define GOTRACED_TESTS_PLANNED_H

#include "go_image.h"
#include "plan/plan.h"

/* A program of Go 1.22 that a test adds functions to, and the plan of some of them. */
extern struct go_image image;
extern struct plan plan;

void planned_init(void);
void planned_fini(void);

/* Plans the functions that the pattern means and gives the first. */
const struct plan_function *plan_only(const char *pattern);

#endif
