/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_OBJECTION_H
#define GOTRACED_TESTS_OBJECTION_H

#include "gotraced/fetch.h"

/*
 * What is wrong with a fetch program: a step that goes over the end of the capture, or into another one's
 * place, a condition on what no step before it has brought, or the like. NULL: nothing.
 */
const char *objection_to(const struct fetch_program *program);

#endif
