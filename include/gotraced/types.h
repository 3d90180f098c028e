/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TYPES_H
#define GOTRACED_TYPES_H

/* The fixed-width types (__u64 and the like) on either side of the kernel boundary. */
#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

#endif
