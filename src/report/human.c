/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/human.h"

#include <stdio.h>

/* Three significant digits without an exponent; whole numbers from 100 on. */
static int decimals(double value)
{
	return value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
}

const char *human_time(struct human *buffer, uint64_t ns, bool is_utf8)
{
	static const struct {
		double ns;
		const char *name, *ascii;
	} units[] = {
		{ 1e9, "s", "s" },
		{ 1e6, "ms", "ms" },
		{ 1e3, "µs", "us" },
	};
	const uint64_t minute = 60000000000, hour = 60 * minute;

	if (ns >= hour) {
		snprintf(buffer->text, sizeof(buffer->text), "%lu h %lu min", ns / hour,
			 ns % hour / minute);
		return buffer->text;
	}
	for (unsigned int i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		double value = (double)ns / units[i].ns;

		/* What would be rounded up to 1000 of a unit belongs to the next. */
		if (value < 0.9995)
			continue;
		snprintf(buffer->text, sizeof(buffer->text), "%.*f %s", decimals(value), value,
			 is_utf8 ? units[i].name : units[i].ascii);
		return buffer->text;
	}
	snprintf(buffer->text, sizeof(buffer->text), "%lu ns", ns);
	return buffer->text;
}

const char *human_rate(struct human *buffer, double per_second)
{
	snprintf(buffer->text, sizeof(buffer->text), "%.*f", decimals(per_second), per_second);
	return buffer->text;
}

int human_columns(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

void human_print(FILE *to, const char *text, int n_columns)
{
	int n = human_columns(text);

	fprintf(to, "%*s%s", n_columns > n ? n_columns - n : 0, "", text);
}
