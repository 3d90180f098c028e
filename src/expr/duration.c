/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expr/duration.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *suffix;
	double ns;
} units[] = {
	{ "", 1e9 },  { "ns", 1 },   { "us", 1e3 },   { "ms", 1e6 },
	{ "s", 1e9 }, { "m", 60e9 }, { "h", 3600e9 }, { "d", 86400e9 },
};

static const double longest_ns = 10 * 365.25 * 86400e9;

int duration_parse(const char *text, uint64_t *ret_ns)
{
	char *end;
	double ns;

	/* strtod takes more than people write: signs, spaces, hexadecimal, infinity. */
	if (!isdigit((unsigned char)text[0]) || strpbrk(text, "xX"))
		return -EINVAL;
	ns = strtod(text, &end);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].suffix) != 0)
			continue;
		ns *= units[i].ns;
		if (!(ns >= 1 && ns <= longest_ns))
			return -EINVAL;
		*ret_ns = (uint64_t)ns;
		return 0;
	}
	return -EINVAL;
}
