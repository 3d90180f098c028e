/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_RINGS_BPF_H
#define GOTRACED_RINGS_BPF_H

/* A ring buffer for each CPU; user space makes them, see src/trace/rings.h. */
struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps");

#endif
