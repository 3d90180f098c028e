/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_PARAMS_H
#define GOTRACED_DAEMON_PARAMS_H

#include "cli/options.h"
#include "daemon/targets.h"
#include "trace/tracer.h"

/* What the options and the targets want of the tracer. */
struct tracer_params params_make(const struct options *options, const struct targets *targets);

/* Fails, with the reason, where the tables that the options want may not fit into memory. */
int params_check_memory(const struct options *options, struct reason *why);

#endif
