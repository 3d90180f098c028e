/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_JUDGE_H
#define GOTRACED_VALUE_JUDGE_H

#include "expr/condition.h"
#include "value/resolve.h"

/*
 * Compiles a condition: takes what it compares, and says how. -EINVAL with a reason when that cannot be
 * compared so; -ENOSPC.
 */
int judge(const struct callee *callee, const struct condition *condition, struct steps *steps,
	  struct fetch_condition *ret, struct reason *why);

#endif
