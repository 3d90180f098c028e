/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_CAPTURES_H
#define GOTRACED_TRACE_CAPTURES_H

#include "trace/setup.h"
#include "trace/tracer.h"

/* What is taken of calls: the room for it, and the programs that take it. */

/* Before the BPF programs are loaded. 0 or -errno. */
int captures_size(const struct setup *setup, struct gotraced *skeleton);

/* Before a plan is probed. 0 or -errno. */
int captures_add_programs(const struct gotraced *skeleton, const struct attached_plan *attached,
			  struct reason *why);

/* The same for a function of our own, whose calls meet no conditions. 0 or -errno. */
int captures_add_own(const struct gotraced *skeleton, uint32_t function,
		     const struct fetch_program *program);

/* What was left out until now, in calibrating, is none of the user's. */
void captures_begin(const struct gotraced *skeleton);

#endif
