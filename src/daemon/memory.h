/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_MEMORY_H
#define GOTRACED_DAEMON_MEMORY_H

#include <stdint.h>

/*
 * How much memory we may use in all: what the machine has, or what our control groups (version 2)
 * allow when that is less.
 */
uint64_t memory_allowed(void);

#endif
