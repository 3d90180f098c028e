/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DETAILS_BPF_H
#define GOTRACED_DETAILS_BPF_H

/*
 * What user space is told of a single call: in place of the call's record, a longer one with all that
 * was taken of it. Where not all calls are wanted, those that took less than a time are left to their
 * short records, and so are those beyond so many a second. The histogram counts each call either way.
 */

/* Set before loading. */
const volatile bool gives_details;
const volatile bool gives_unwound; /* details of calls that were unwound as well */
const volatile bool gives_trees; /* and of those that are left out, where others were within them */
const volatile __u64 details_from_ns; /* of calls that take at least this */
const volatile __u64 max_details; /* a second; 0: no limit */
const volatile bool has_conditions; /* by which calls are left out */

/* How many were left out beyond max_details, and how many for want of room in the ring. */
__u64 n_details_omitted, n_details_dropped;

/* When this second began, and how many were told of since. */
__u64 details_since_ns, n_details_since;

/* In a few places at once the second may begin at the same moment: then some more are told of. */
static __always_inline bool is_same_second(__u64 now_ns)
{
	const __s64 second_ns = 1000000000;

	/* By another CPU's clock it may have begun a moment later than now. */
	return (__s64)(now_ns - details_since_ns) < second_ns;
}

/*
 * Have as many calls been told of as may be in this second? Then nothing needs to be taken of one that
 * begins, unless that decides whether it counts.
 */
static __always_inline bool details_are_over(void)
{
	return max_details && !has_conditions && n_details_since >= max_details &&
	       is_same_second(bpf_ktime_get_ns());
}

/* Shall a call be told of that has ended? */
static __always_inline bool detail_is_wanted(const struct frame *frame, __u64 duration_ns,
					     __u64 now_ns)
{
	if (duration_ns < details_from_ns)
		return false;
	if (!max_details)
		return true;
	if (!is_same_second(now_ns)) {
		details_since_ns = now_ns;
		n_details_since = 0;
	}
	if (!frame->is_untold && __sync_fetch_and_add(&n_details_since, 1) < max_details)
		return true;
	__sync_fetch_and_add(&n_details_omitted, 1);
	return false;
}

static __always_inline __u32 caller_of_top(struct frames *frames)
{
	__u32 n = frames->goroutine->n_frames;
	struct frame *caller = n > 1 ? frame_at(frames, n - 2, false) : 0;

	return caller && frame_counters(caller) ? caller->function : NO_FUNCTION;
}

static __always_inline void detail_fill(struct call_detail *detail, struct frames *frames,
					const struct frame *top, enum call_end end,
					__u64 duration_ns)
{
	detail->duration_ns = duration_ns;
	detail->function = top->function;
	detail->kind = RECORD_DETAIL;
	detail->start_ns = top->start_ns;
	detail->goid = frames->goroutine->id.goid;
	detail->g = frames->key.g;
	detail->process = frames->key.process;
	detail->thread = bpf_get_current_pid_tgid();
	detail->level = frames->goroutine->n_frames - 1;
	detail->n_within = top->n_within;
	detail->caller = caller_of_top(frames);
	detail->end = end;
}

/* n_room: a constant for the verifier, that n_bytes is not to exceed. */
static __always_inline bool detail_send(struct call_detail *detail, __u64 n_bytes, __u64 n_room)
{
	__u32 cpu = bpf_get_smp_processor_id();
	void *ring = bpf_map_lookup_elem(&rings, &cpu);
	__u64 wakeup;

	if (!ring)
		return false;
	wakeup = ring_wakeup(
		bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) + n_bytes + RING_HEADER_BYTES, n_bytes);
	barrier_var(n_bytes); /* or clang checks another copy of it, of which the verifier of Linux
				 6.1 does not know that it is one */
	if (n_bytes > n_room)
		return false;
	return !bpf_ringbuf_output(ring, detail, n_bytes, wakeup);
}

/* Of which nothing was taken: right into the ring, as stacks are small. */
static __always_inline bool detail_send_bare(struct frames *frames, const struct frame *top,
					     enum call_end end, __u64 duration_ns)
{
	__u32 cpu = bpf_get_smp_processor_id();
	void *ring = bpf_map_lookup_elem(&rings, &cpu);
	struct call_detail *detail =
		ring ? bpf_ringbuf_reserve(ring, sizeof(struct call_detail), 0) : 0;

	if (!detail)
		return false;
	detail_fill(detail, frames, top, end, duration_ns);
	detail->entry_ip = 0;
	detail->failed_steps[0] = detail->failed_steps[1] = 0;
	detail->n_bytes = detail->n_frames = 0;
	detail->variant = 0;
	bpf_ringbuf_submit(detail, ring_wakeup(bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA),
					       sizeof(struct call_detail)));
	return true;
}

/* The capture, if there is one, has what was taken, and the fields that belong to it. */
static __always_inline bool detail_submit(struct frames *frames, const struct frame *top,
					  struct capture *capture, enum call_end end,
					  __u64 duration_ns)
{
	bool is_sent;

	if (capture) {
		__u64 n_bytes = capture->detail.n_bytes + capture->detail.n_frames * sizeof(__u64);

		detail_fill(&capture->detail, frames, top, end, duration_ns);
		is_sent = detail_send(&capture->detail, sizeof(capture->detail) + n_bytes,
				      sizeof(capture->detail) + capture_bytes);
	} else {
		is_sent = detail_send_bare(frames, top, end, duration_ns);
	}
	if (!is_sent && end < END_LEFT_OUT)
		__sync_fetch_and_add(&n_details_dropped, 1);
	return is_sent;
}

#endif
