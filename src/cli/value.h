/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_CLI_VALUE_H
#define GOTRACED_CLI_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reason.h"

/* Values as people write them. 0, or -EINVAL with what is wrong with one. */

/* yes, no and their like; NULL, as of an option that takes no value, is yes. */
int value_bool(bool *ret, const char *value, struct reason *why);

/* The index of one of n names. */
int value_choice(int *ret, const char *value, const char *const *names, size_t n,
		 struct reason *why);

/* From 1 to max. */
int value_number(uint64_t *ret, const char *value, uint64_t max, struct reason *why);

int value_duration(uint64_t *ret_ns, const char *value, struct reason *why);

/* From 0.01 to 100, with or without the sign. */
int value_percent(double *ret, const char *value, struct reason *why);

/* A size in bytes, min and max included; these are powers of two from 1K on. */
int value_power_of_two(uint64_t *ret, const char *value, uint64_t min, uint64_t max,
		       struct reason *why);

#endif
