/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "gotraced/record.h"

#include "../bpf/rings.bpf.h"

/* Fills the ring of one CPU with calls, as fast as the kernel can. */

char program_license[] SEC("license") = "GPL";

enum { N_FUNCTIONS = 16, MAX_RECORDS = 1 << 22 };

__u64 n_filled;

/* A callback of bpf_loop: 1 ends it. Durations from 1 µs to 1 ms, in no order. */
static long fill_one(__u32 i, void *ctx __attribute__((unused)))
{
	__u32 only = 0;
	void *ring = bpf_map_lookup_elem(&rings, &only);
	struct call_record *record = ring ? bpf_ringbuf_reserve(ring, sizeof(*record), 0) : 0;

	if (!record)
		return 1;
	record->duration_ns = 1000 + (i * 2654435761u) % 1000000;
	record->function = i % N_FUNCTIONS;
	record->kind = RECORD_CALL;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	n_filled++;
	return 0;
}

SEC("syscall")
int fill(void *ctx __attribute__((unused)))
{
	bpf_loop(MAX_RECORDS, fill_one, 0, 0);
	return 0;
}
