/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_EXPR_DURATION_H
#define GOTRACED_EXPR_DURATION_H

#include <stdint.h>

/*
 * Reads a span of time as people write it: a positive number, fractions allowed, and one of ns, us,
 * ms, s, m, h, d; seconds when there is none. 0, or -EINVAL for anything else and for more than ten
 * years.
 */
int duration_parse(const char *text, uint64_t *ret_ns);

#endif
