/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_RINGS_H
#define GOTRACED_TRACE_RINGS_H

#include <bpf/libbpf.h>
#include <stddef.h>
#include <stdint.h>

#include "gotraced/record.h"

/* The ring buffers by which calls reach us, one a CPU. All zero is none. */
struct rings {
	int *fds; /* their maps; owned */
	size_t n;
	size_t n_bytes; /* of each */
	struct ring_buffer *buffer; /* libbpf's view of all of them; owned */
	size_t n_left; /* records that the drain under way may still take */
	void (*take)(void *context, uint32_t function, uint64_t duration_ns);
	void (*take_detail)(void *context, const struct call_detail *detail);
	void *context;
};

/*
 * Makes n rings of n_bytes each, a power of two and whole pages, and puts them into the map of maps
 * outer_fd. 0 or -errno; after a failure, rings_fini is the caller's.
 */
int rings_init(struct rings *rings, int outer_fd, size_t n, size_t n_bytes);
void rings_fini(struct rings *rings);

/* Hands what is there to take; 0 or -errno. */
int rings_drain(struct rings *rings);

/* Decodes one record, as libbpf calls it: context is the rings. 0, or -EAGAIN to end a drain. */
int rings_take_record(void *context, void *data, size_t n_bytes);

#endif
