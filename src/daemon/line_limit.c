/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/line_limit.h"

static const uint64_t NS_PER_SECOND = 1000000000;

bool line_limit_allows(struct line_limit *limit, uint64_t n_lines, uint64_t ended_ns)
{
	/* What waited may have ended before this second began. */
	if (ended_ns > limit->second_ns && ended_ns - limit->second_ns >= NS_PER_SECOND) {
		limit->second_ns = ended_ns;
		limit->n_in_second = 0;
	}
	if (limit->n_in_second && limit->n_in_second + n_lines > limit->max_lines)
		return false;
	limit->n_in_second += n_lines;
	return true;
}
