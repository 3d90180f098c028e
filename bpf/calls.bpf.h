/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_CALLS_BPF_H
#define GOTRACED_CALLS_BPF_H

/*
 * How the duration of a call reaches user space: through the ring buffer of the CPU, each CPU
 * having one, so that none waits for another. A wake-up costs more than all the rest, and user
 * space drains by a timer anyway: it is woken only each time that another quarter of a ring has
 * filled. A call that finds the ring full goes to the overflow histogram.
 */

/* Set before loading: the size of a ring's quarter is 1 << this. */
const volatile __u32 quarter_shift;

enum { RING_HEADER_BYTES = 8 }; /* before each record: BPF_RINGBUF_HDR_SZ */

/* Is user space to be woken by a record, with which so much of the ring is filled? */
static __always_inline __u64 ring_wakeup(__u64 n_filled, __u64 n_record_bytes)
{
	__u64 n_before = n_filled - n_record_bytes - RING_HEADER_BYTES;

	return n_filled >> quarter_shift != n_before >> quarter_shift ? BPF_RB_FORCE_WAKEUP
								      : BPF_RB_NO_WAKEUP;
}

static __always_inline bool ring_submit(__u32 function, __u64 duration_ns)
{
	__u32 cpu = bpf_get_smp_processor_id();
	void *ring = bpf_map_lookup_elem(&rings, &cpu);
	struct call_record *record;

	if (!ring)
		return false;
	record = bpf_ringbuf_reserve(ring, sizeof(*record), 0);
	if (!record)
		return false;
	record->duration_ns = duration_ns;
	record->function = function;
	record->kind = RECORD_CALL;
	bpf_ringbuf_submit(record, ring_wakeup(bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA),
					       sizeof(*record)));
	return true;
}

static __always_inline void submit(__u32 function, __u64 duration_ns)
{
	if (!ring_submit(function, duration_ns) && !overflow_record(function, duration_ns))
		count(function, CALL_DROPPED);
}

#endif
