/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_CALIBRATE_H
#define GOTRACED_TRACE_CALIBRATE_H

#include "trace/tracer.h"

/* What the probes of a traced call cost, measured. All zero where it is not known. */
struct probe_cost {
	uint32_t call_ns; /* what they add to the time that a call takes */
	uint32_t bias_ns; /* how much of that lies within the time that is measured */
};

/* By where the entry probe is: a first instruction is mostly single-stepped, at a cost. */
struct calibration {
	struct probe_cost of[N_ENTRY_KINDS];
};

/*
 * Measures what the probes cost here and now, on functions of our own that do nothing and are
 * probed by the tracer as any other, some hundreds of calls of each kind. program is what is taken of
 * their calls, NULL for nothing: its memory is not theirs, so that some of it is taken in vain, and for
 * less. To be called before tracer_attach; takes less than 100 ms. 0 or -errno.
 */
int calibrate(struct tracer *tracer, const struct fetch_program *program, struct calibration *ret,
	      struct reason *why);

#endif
