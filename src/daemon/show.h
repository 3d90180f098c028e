/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_SHOW_H
#define GOTRACED_DAEMON_SHOW_H

#include "daemon/output.h"
#include "daemon/targets.h"

/*
 * Prints what is in the programs, or where they would be probed: --list, --plan, --summary and
 * --emit.
 */
int show(const struct options *options, const struct targets *targets, const struct output *output,
	 struct reason *why);

#endif
