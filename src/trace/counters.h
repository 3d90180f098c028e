/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_COUNTERS_H
#define GOTRACED_TRACE_COUNTERS_H

#include <bpf/libbpf.h>
#include <stdint.h>

#include "gotraced/record.h"

/* The counters that the BPF programs keep of a function, on each of n_cpus. 0 or -errno. */

/* Their sums. */
int counters_read(const struct bpf_map *counters, int n_cpus, uint32_t function,
		  struct call_counters *ret);

/* All 0, and calls that began before now do not count. */
int counters_reset(const struct bpf_map *counters, int n_cpus, uint32_t function);

#endif
