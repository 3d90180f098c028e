/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_SCRIPT_H
#define GOTRACED_DAEMON_SCRIPT_H

#include <stdio.h>

#include "daemon/targets.h"

/*
 * Prints what --emit asks for, of all programs, and tells on standard error which functions are left
 * out. Nothing is printed when it fails: -EINVAL where none of the functions can be traced, and as
 * emit_bpftrace().
 */
int script_show(const struct options *options, const struct targets *targets, FILE *to,
		struct reason *why);

#endif
