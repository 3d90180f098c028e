/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_COUNTERS_BPF_H
#define GOTRACED_COUNTERS_BPF_H

/* Per-CPU counters of every function; the number of functions is set before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct call_counters);
} counters SEC(".maps");

/* Atomic although per CPU: a uprobe's program can be preempted by another one on the same CPU. */
static __always_inline void count_many(__u32 function, enum call_counter counter, __u64 n)
{
	struct call_counters *counts = bpf_map_lookup_elem(&counters, &function);

	if (counts)
		__sync_fetch_and_add(&counts->n[counter], n);
}

static __always_inline void count(__u32 function, enum call_counter counter)
{
	count_many(function, counter, 1);
}

#endif
