/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_REQUIRE_H
#define GOTRACED_TESTS_REQUIRE_H

#include <stdio.h>
#include <stdlib.h>

/* Unlike assert, holds in optimised builds too. An abort is what a fuzzer takes for a finding. */
#define require(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__,          \
				#condition);                                                       \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
