/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_TALLY_H
#define GOTRACED_TRACE_TALLY_H

#include "trace/tracer.h"

struct gotraced;

/* What the BPF programs, or the kernel of them, have counted over all functions; see trace/tracer.h. */
struct tracer_omissions tally_omissions(const struct gotraced *skeleton);
uint64_t tally_skipped(const struct gotraced *skeleton);
void tally_loads(const struct gotraced *skeleton, uint64_t ret[LOAD_PROCESSES]);

#endif
