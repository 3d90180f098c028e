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

/* Shall user space be told that a call has ended? */
static __always_inline bool is_to_be_told(const struct frame *frame, enum call_end end,
					  __u64 duration_ns, __u64 now_ns)
{
	if (end >= END_LEFT_OUT)
		return gives_trees && frame->n_within;
	return detail_is_wanted(frame, duration_ns, now_ns);
}

static __always_inline struct capture *capture_to_tell(struct frames *frames,
						       const struct frame *top, enum call_end end)
{
	return end < END_LEFT_OUT ? capture_of_top(frames, top) : 0;
}

/* How does the call of the top frame end that returns? */
static __always_inline enum call_end end_by_return(struct frames *frames, struct frame *top,
						   const struct seen_return *seen)
{
	struct capture *capture = 0;

	if (takes_values && top->is_left_out)
		return END_LEFT_OUT;
	if (takes_values && top->gives_results)
		capture = capture_of_top(frames, top);
	if (capture && !take_results(capture, top->function, seen)) {
		leave_out(top);
		return END_LEFT_OUT;
	}
	return frame_count_end(top, CALL_RETURNED) ? END_RETURNED : END_FORGOTTEN;
}

/* Ends the call of the top frame by its return. False when it was of a function that is forgotten. */
static __always_inline bool return_top(struct frames *frames, struct frame *top,
				       const struct seen_return *seen)
{
	__u32 function = top->function, n_within = top->n_within;
	/* The clock may step back a little as it is adjusted: ktime_get_mono_fast_ns(). */
	__u64 duration_ns = seen->now_ns > top->start_ns ? seen->now_ns - top->start_ns : 0;
	enum call_end end = end_by_return(frames, top, seen);
	bool is_told = false;

	if (gives_details && is_to_be_told(top, end, duration_ns, seen->now_ns))
		is_told = detail_submit(frames, top, capture_to_tell(frames, top, end), end,
					duration_ns);
	pop_top(frames, top);
	if (end != END_RETURNED)
		return end == END_LEFT_OUT;
	if (n_within)
		count_many(function, CALL_WITHIN, n_within);
	if (!is_told)
		submit(function, duration_ns);
	return true;
}

static __always_inline enum call_end end_by_unwinding(struct frames *frames, struct frame *top)
{
	if (takes_values && top->is_left_out)
		return END_LEFT_OUT;
	if (has_conditions && lacks_results(capture_of_top(frames, top), top)) {
		leave_out(top);
		return END_LEFT_OUT;
	}
	return frame_count_end(top, CALL_UNWOUND) ? END_UNWOUND : END_FORGOTTEN;
}

/* Ends the call of the top frame, which was unwound. */
static __always_inline void unwind_top(struct frames *frames, struct frame *top)
{
	__u64 now_ns = gives_unwound ? bpf_ktime_get_ns() : 0;
	enum call_end end = end_by_unwinding(frames, top);

	if (gives_unwound && is_to_be_told(top, end, now_ns - top->start_ns, now_ns))
		detail_submit(frames, top, capture_to_tell(frames, top, end), end,
			      now_ns - top->start_ns);
	pop_top(frames, top);
}

/* To be called last where calls have ended. */
static __always_inline void goroutine_end(struct frames *frames)
{
	if (!frames_end(frames) || !takes_values)
		return;
	for (__u32 i = 0; i < CAPTURES_KEPT; i++)
		capture_forget(frames, i);
}

#endif
