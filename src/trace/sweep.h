/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_SWEEP_H
#define GOTRACED_TRACE_SWEEP_H

#include <stdint.h>

struct gotraced;

/* When to clear away the records of goroutines whose processes have ended. All zero is the start. */
struct sweep {
	uint64_t n_wanted_before; /* records, by the last time */
	uint64_t after; /* so many more */
};

/* Does so, if it is time. */
void sweep(struct sweep *sweep, const struct gotraced *skeleton);

#endif
