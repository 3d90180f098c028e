/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bytes.h"
#include "expr/duration.h"

int value_bool(bool *ret, const char *value, struct reason *why)
{
	static const char *const words[][2] = {
		{ "no", "yes" }, { "false", "true" }, { "off", "on" }, { "0", "1" }
	};

	*ret = true;
	if (!value)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (int is_set = 0; is_set < 2; is_set++)
			if (strcmp(value, words[i][is_set]) == 0) {
				*ret = is_set;
				return 0;
			}
	return reason_set(why, -EINVAL, "'%s' is neither yes nor no", value);
}

int value_choice(int *ret, const char *value, const char *const *names, size_t n,
		 struct reason *why)
{
	size_t n_used;

	for (size_t i = 0; i < n; i++)
		if (strcmp(value, names[i]) == 0) {
			*ret = (int)i;
			return 0;
		}
	n_used = (size_t)snprintf(why->text, sizeof(why->text), "'%s' is none of", value);
	for (size_t i = 0; i < n && n_used < sizeof(why->text); i++)
		n_used += (size_t)snprintf(why->text + n_used, sizeof(why->text) - n_used, "%s %s",
					   i ? "," : "", names[i]);
	return -EINVAL;
}

int value_number(uint64_t *ret, const char *value, uint64_t max, struct reason *why)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end || errno || number == 0 || number > max)
		return reason_set(why, -EINVAL, "'%s' is not a number from 1 to %lu", value, max);
	*ret = number;
	return 0;
}

int value_duration(uint64_t *ret_ns, const char *value, struct reason *why)
{
	if (duration_parse(value, ret_ns))
		return reason_set(why, -EINVAL, "'%s' is not a time such as 10, 500ms or 2m",
				  value);
	return 0;
}

int value_percent(double *ret, const char *value, struct reason *why)
{
	char *end;
	double percent = strtod(value, &end);

	if (value[0] < '0' || value[0] > '9' || strpbrk(value, "xX") ||
	    (*end && strcmp(end, "%") != 0) || !(percent >= 0.01 && percent <= 100))
		return reason_set(why, -EINVAL, "'%s' is not a percentage from 0.01 to 100", value);
	*ret = percent;
	return 0;
}

int value_power_of_two(uint64_t *ret, const char *value, uint64_t min, uint64_t max,
		       struct reason *why)
{
	uint64_t n_bytes = 0;

	if (bytes_parse(value, &n_bytes) || n_bytes < min || n_bytes > max ||
	    (n_bytes & (n_bytes - 1)))
		return reason_set(why, -EINVAL, "'%s' is not a power of two from %luK to %luM",
				  value, min >> 10, max >> 20);
	*ret = n_bytes;
	return 0;
}
