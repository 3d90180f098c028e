/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_LINE_LIMIT_H
#define GOTRACED_DAEMON_LINE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/* No more lines a second than so many. All else zero at first. */
struct line_limit {
	uint64_t max_lines;
	uint64_t second_ns; /* when this second began */
	uint64_t n_in_second;
};

/*
 * Are so many lines, of what ended then, to be printed? What is longer than all that a second has is,
 * where it is the first: it is not cut.
 */
bool line_limit_allows(struct line_limit *limit, uint64_t n_lines, uint64_t ended_ns);

#endif
