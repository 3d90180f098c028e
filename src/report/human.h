/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_HUMAN_H
#define GOTRACED_REPORT_HUMAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Figures as people read them. The strings live in the caller's buffer. */
struct human {
	char text[32];
};

/* Three significant digits and a unit: "812 ns", "5.06 ms", "1 h 2 min". is_utf8: µ may be used. */
const char *human_time(struct human *buffer, uint64_t ns, bool is_utf8);

/* A rate with three significant digits, and no fraction from 100 on: "0.25", "43.2", "12346". */
const char *human_rate(struct human *buffer, double per_second);

/* How many columns it takes: a µ, of two bytes, takes one. */
int human_columns(const char *text);

/* Prints one of them, to the right of so many columns. */
void human_print(FILE *to, const char *text, int n_columns);

#endif
