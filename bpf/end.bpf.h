/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_END_BPF_H
#define GOTRACED_END_BPF_H

/* How the call of a frame ends: it is counted, told of, and its frame forgotten. */

/* A return, as the probe at it has seen it. */
struct seen_return {
	struct pt_regs *ctx;
	__u64 sp; /* where the return address lies */
	__u64 now_ns;
};

static __always_inline struct capture *capture_of_top(struct frames *frames,
						      const struct frame *top)
{
	return takes_values && top->is_captured
		       ? capture_find(frames, frames->goroutine->n_frames - 1)
		       : 0;
}

/* Takes results. False when a condition on them leaves the call out. */
static __always_inline bool take_results(struct capture *capture, __u32 function,
					 const struct seen_return *seen)
{
	const struct fetch_program *program = fetch_find(function, capture->detail.variant);

	if (!program)
		return true;
	take_registers(capture, seen->ctx, seen->sp);
	return fetch(capture, program, &program->at_return);
}

static __always_inline void pop_top(struct frames *frames, struct frame *top)
{
	if (takes_values && top->is_captured && frames->goroutine->n_frames > CAPTURES_KEPT)
		capture_forget(frames, frames->goroutine->n_frames - 1);
	frames_pop(frames, top);
}

/* A call that was counted as started, and is not to count. */
static __always_inline void leave_out(const struct frame *frame)
{
	if (!frame_count_end(frame, CALL_FILTERED))
		return;
	count_many(frame->function, CALL_STARTED, -1);
}

/* Has the call no results to meet conditions on them with? */
static __always_inline bool lacks_results(const struct capture *capture, const struct frame *frame)
{
	const struct fetch_program *program =
		capture ? fetch_find(frame->function, capture->detail.variant) : 0;

	return program && program->at_return.n_conditions;
}

/* Ends the call of the top frame by its return. False when it was of a function that is forgotten. */
static __always_inline bool return_top(struct frames *frames, struct frame *top,
				       const struct seen_return *seen)
{
	__u32 function = top->function, n_within = top->n_within;
	/* The clock may step back a little as it is adjusted: ktime_get_mono_fast_ns(). */
	__u64 duration_ns = seen->now_ns > top->start_ns ? seen->now_ns - top->start_ns : 0;
	struct capture *capture = 0;
	bool is_known, is_told = false;

	if (takes_values && top->is_left_out) {
		pop_top(frames, top);
		return true;
	}
	if (takes_values && top->gives_results)
		capture = capture_of_top(frames, top);
	if (capture && !take_results(capture, function, seen)) {
		leave_out(top);
		pop_top(frames, top);
		return true;
	}
	is_known = frame_count_end(top, CALL_RETURNED);
	if (gives_details && is_known && detail_is_wanted(top, duration_ns, seen->now_ns))
		is_told = detail_submit(frames, top, capture_of_top(frames, top), END_RETURNED,
					duration_ns);
	pop_top(frames, top);
	if (!is_known)
		return false;
	if (n_within)
		count_many(function, CALL_WITHIN, n_within);
	if (!is_told)
		submit(function, duration_ns);
	return true;
}

/* Ends the call of the top frame, which was unwound. */
static __always_inline void unwind_top(struct frames *frames, struct frame *top)
{
	__u64 now_ns = gives_unwound ? bpf_ktime_get_ns() : 0;
	bool is_left_out = takes_values && top->is_left_out;

	if (!is_left_out && has_conditions && lacks_results(capture_of_top(frames, top), top)) {
		leave_out(top);
		is_left_out = true;
	}
	if (!is_left_out && frame_count_end(top, CALL_UNWOUND) && gives_unwound &&
	    detail_is_wanted(top, now_ns - top->start_ns, now_ns))
		detail_submit(frames, top, capture_of_top(frames, top), END_UNWOUND,
			      now_ns - top->start_ns);
	pop_top(frames, top);
}

#endif
