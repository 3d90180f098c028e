/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live/brief.h"

#include <stdio.h>
#include <string.h>

#include "report/human.h"

const char *brief_time(struct brief *buffer, uint64_t ns, bool is_utf8)
{
	const double hour_ns = 3600e9;
	struct human human;
	char *to = buffer->text;

	if ((double)ns >= hour_ns) {
		snprintf(buffer->text, sizeof(buffer->text), "%.*fh",
			 (double)ns < 100 * hour_ns ? 1 : 0, (double)ns / hour_ns);
		return buffer->text;
	}
	human_time(&human, ns, is_utf8);
	for (const char *from = human.text; *from; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
	return buffer->text;
}

const char *brief_count(struct brief *buffer, uint64_t n)
{
	static const char units[] = "MGTPE";
	const char *unit = units;
	double value = (double)n / 1e6;

	if (n < 10000000) {
		snprintf(buffer->text, sizeof(buffer->text), "%lu", n);
		return buffer->text;
	}
	for (; value >= 9999.95; unit++)
		value /= 1000;
	snprintf(buffer->text, sizeof(buffer->text), "%.1f%c", value, *unit);
	return buffer->text;
}

const char *brief_rate(struct brief *buffer, double per_second)
{
	struct human human;

	if (per_second <= 0 || per_second >= 1e7)
		return brief_count(buffer, (uint64_t)per_second);
	human_rate(&human, per_second);
	memcpy(buffer->text, human.text, sizeof(buffer->text));
	return buffer->text;
}
