/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_OVERFLOW_H
#define GOTRACED_TRACE_OVERFLOW_H

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "gotraced/overflow.h"

/* Receives a part of what overflowed; several may be for one function and power of two. */
typedef void overflow_take(void *context, uint32_t function, uint32_t part,
			   const struct overflow_part *durations);

/* The overflow histogram that the BPF programs now write to. All zero is none. */
struct overflow {
	struct bpf_map *outer; /* which holds it; borrowed */
	int fd; /* its own map */
	uint32_t max_parts;
	bool may_allocate; /* parts are allocated as they come, not all at once */
};

/* Before the programs are loaded: makes one, like which all others must be. 0 or -errno. */
int overflow_init(struct overflow *overflow);
void overflow_fini(struct overflow *overflow);

/* After they were loaded: has them write to it. 0 or -errno. */
int overflow_begin(const struct overflow *overflow);

/*
 * Puts an empty one in place, and hands over what the former held. Each duration is handed over
 * once; those of calls that end meanwhile are left for the next time. Takes the kernel some
 * milliseconds. 0 or -errno.
 */
int overflow_drain(struct overflow *overflow, overflow_take *take, void *context);

#endif
