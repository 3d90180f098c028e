/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_CHECK_H
#define GOTRACED_DAEMON_CHECK_H

#include "cli/options.h"

/*
 * Prints what the options would have gotraced do, and says for each target that could not be traced
 * why, with the line of the configuration that it is from. Returns how many those are.
 */
size_t check(const struct options *options);

#endif
