/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_LIVE_BRIEF_H
#define GOTRACED_LIVE_BRIEF_H

#include <stdbool.h>
#include <stdint.h>

/* Figures for a column that is BRIEF_COLUMNS wide. The strings live in the caller's buffer. */
enum { BRIEF_COLUMNS = 7 };

struct brief {
	char text[32];
};

/* Three significant digits: "812ns", "5.06ms", "1.03h". is_utf8: µ may be used. */
const char *brief_time(struct brief *buffer, uint64_t ns, bool is_utf8);

/* In full as far as it fits, else "12.3M". */
const char *brief_count(struct brief *buffer, uint64_t n);

/* As human_rate, as far as it fits, and "0" for none. */
const char *brief_rate(struct brief *buffer, double per_second);

#endif
