/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_RUN_H
#define GOTRACED_DAEMON_RUN_H

#include "cli/options.h"

/* Does what the options ask for, which may be read again meanwhile, says what goes wrong, and returns the exit status. */
int run(struct options *options);

#endif
