/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_SETUP_H
#define GOTRACED_TRACE_SETUP_H

#include "trace/overflow.h"
#include "trace/tracer.h"

struct gotraced;

/* What the BPF programs are told before they are loaded, and how large their maps are. */
struct setup {
	size_t n_counters;
	int n_cpus;
	bool is_multi; /* the programs are for uprobe_multi links */
	bool can_write_registers, emulates_ret;
	bool may_allocate; /* maps are filled as needed, not allocated whole (Linux 6.1) */
	uint64_t n_in_flight;
	bool is_room_reduced; /* that is fewer than usual, for want of memory */
	uint64_t ring_bytes;
	struct tracer_details details;
};

/* With what the parameters leave open filled in. */
struct setup setup_make(const struct tracer_params *params, const struct kernel *kernel,
			int n_cpus);

/* Makes room for n elements, which are allocated as they come if that may be. 0 or -errno. */
int setup_size_table(struct bpf_map *map, uint64_t n, bool may_allocate);

/* Applies it to programs that are opened, but not loaded. 0 or -errno. */
int setup_apply(const struct setup *setup, struct gotraced *skeleton, struct overflow *overflow);

#endif
