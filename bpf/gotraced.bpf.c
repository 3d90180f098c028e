/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "gotraced/cookie.h"
#include "gotraced/fetch.h"
#include "gotraced/goroutine_key.h"
#include "gotraced/load.h"
#include "gotraced/overflow.h"
#include "gotraced/record.h"

#include "process.bpf.h"
#include "repeat.bpf.h"
#include "stack.bpf.h"

#include "goroutine.bpf.h"

#include "counters.bpf.h"
#include "load.bpf.h"
#include "overflow.bpf.h"
#include "ret.bpf.h"
#include "rings.bpf.h"

#include "calls.bpf.h"
#include "frames.bpf.h"

#include "fetch.bpf.h"

#include "callers.bpf.h"
#include "details.bpf.h"

#include "end.bpf.h"
#include "unwind.bpf.h"

/*
 * The programs at the probes: one for all entries, one for all returns, and one each for the two
 * places in the runtime at which calls end without returning. A cookie tells each hit what was hit.
 */

char program_license[] SEC("license") = "GPL";

enum {
	X86_CF = 1 << 0,
	X86_ZF = 1 << 6,
	GOBUF_SP_OFF = 0, /* runtime.gobuf, Go 1.15 to 1.27 */
	GOBUF_G_OFF = 16,
};

/*
 * Hits count only while this is set: from when all probes are there until before the first is taken
 * away. A call that is seen to begin or to return, but for lack of a probe not the other, would be
 * counted wrongly.
 */
bool is_counting;

/*
 * Set while probes are added or taken away and others count. Where one set of them takes the place
 * of another, and both may be there, a hit may be seen twice, one sight right after the other; and a
 * call may return where a probe is already, or still, that began where there was none.
 */
bool is_changing;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32); /* as process_here has it */
	__type(value, __u8);
} processes SEC(".maps");

/* The process of the hit; 0 when it is none that is traced, or not now. */
static __always_inline __u32 traced_process(struct cookie cookie)
{
	__u32 process;

	if (!is_counting)
		return 0;
	process = process_here();
	if ((cookie.flags & COOKIE_IS_CHOSEN) && process &&
	    !bpf_map_lookup_elem(&processes, &process))
		return 0;
	return process;
}

/* Is this call the one that was begun last? */
static __always_inline bool is_begun(struct frames *frames, struct cookie cookie, __u32 depth)
{
	struct frame *top = frames_top(frames);

	return top && top->depth == depth && top->function == cookie.function;
}

/* Pushes the frame of a call; 0 when there is no room. */
static __always_inline struct frame *start(struct frames *frames, const struct goroutine_id *id,
					   struct cookie cookie, __u32 depth)
{
	struct frame *frame;

	if (!frames_claim(frames, id, process_birth()) ||
	    !frames_unwind_at_entry(frames, depth, cookie.flags & COOKIE_IS_JUMPED_TO))
		return 0;
	frame = frame_at(frames, frames->goroutine->n_frames, true);
	if (!frame)
		return 0;
	frames->goroutine->n_frames++;
	frame->depth = depth;
	frame->n_within = 0;
	frame->function = cookie.function;
	frame->jumps = !!(cookie.flags & COOKIE_JUMPS);
	frame->is_left_out = false;
	frame->is_captured = false;
	frame->gives_results = false;
	frame->is_untold = false;
	return frame;
}

/* Takes parameters, and the stack. A condition on them may leave the call out. */
static __always_inline void take_parameters(struct pt_regs *ctx, struct frames *frames,
					    const struct goroutine_id *id, struct cookie cookie,
					    struct frame *frame)
{
	const struct fetch_program *program;
	struct capture *capture;

	frame->is_untold = details_are_over();
	if (frame->is_untold)
		return;
	program = fetch_find(cookie.function, cookie.variant);
	capture = program ? capture_make(frames, frames->goroutine->n_frames - 1) : 0;
	if (!capture) {
		/* What is not known meets no condition. */
		frame->is_left_out = program && (program->at_entry.n_conditions ||
						 program->at_return.n_conditions);
		return;
	}
	frame->is_captured = true;
	frame->gives_results = program->at_return.n_steps > 0;
	capture->detail.failed_steps[0] = capture->detail.failed_steps[1] = 0;
	capture->detail.variant = cookie.variant;
	capture->detail.entry_ip = ctx->ip;
	capture->detail.n_bytes = program->n_bytes;
	capture->detail.n_frames = 0;
	if (program->at_entry.n_steps) {
		take_registers(capture, ctx, ctx->sp);
		frame->is_left_out = !fetch(capture, program, &program->at_entry);
	}
	if (takes_stacks && !frame->is_left_out)
		callers_take(capture, ctx, program->n_bytes, id->stack_hi);
}

/*
 * The depth at which a call begins, and its goroutine's frames; 0 when it cannot be known. A
 * runtime.g out of reach is taken to be what it was at the last entry, if SP lies on the stack that
 * it had then; only when no call is in flight may it be another goroutine's by now.
 */
static __always_inline __u32 depth_of_entry(struct pt_regs *ctx, struct cookie cookie,
					    __u32 process, struct frames *frames,
					    struct goroutine_id *id)
{
	__u64 g = goroutine_find(ctx, cookie);
	bool is_read = goroutine_identify(g, cookie, id);
	__u32 depth = is_read ? depth_below(id->stack_hi, ctx->sp) : 0;

	if ((is_read && !depth) || !frames_begin(frames, g, process, is_read))
		return 0;
	if (is_read)
		return depth;
	if (frames->goroutine->birth != process_birth())
		return 0;
	*id = frames->goroutine->id;
	if (frames->goroutine->n_frames == 0)
		id->goid = GOID_UNKNOWN;
	return depth_as_seen(id, ctx->sp);
}

/*
 * The start time is taken last, so that as little as can be of the probe's own time falls into the
 * call's.
 */
SEC("uprobe")
int on_entry(struct pt_regs *ctx)
{
	struct cookie cookie = cookie_unpack(bpf_get_attach_cookie(ctx));
	struct frame *frame = 0;
	struct goroutine_id id = { 0 };
	struct frames frames;
	__u32 process, depth;

	use_own_stack(ctx);
	if ((cookie.flags & COOKIE_IS_JBE) && (ctx->flags & (X86_CF | X86_ZF)))
		return 0;
	process = traced_process(cookie);
	if (!process)
		return 0;
	depth = depth_of_entry(ctx, cookie, process, &frames, &id);
	if (depth) {
		if (is_changing && is_begun(&frames, cookie, depth))
			return 0;
		frame = start(&frames, &id, cookie, depth);
	}
	load_note(process);
	if (takes_values && frame)
		take_parameters(ctx, &frames, &id, cookie, frame);
	count(cookie.function, !frame				    ? CALL_NOT_STARTED
			       : takes_values && frame->is_left_out ? CALL_FILTERED
								    : CALL_STARTED);
	if (frame)
		frame->start_ns = bpf_ktime_get_ns();
	return 0;
}

/*
 * Ends the call of the top frame, at whose depth something returns. What is there but of another
 * function cannot be live, since what returns has its place, unless it jumped there. False when it was
 * of a function that is forgotten.
 */
static __always_inline bool end_top(struct frames *frames, struct frame *top, bool has_returned,
				    const struct seen_return *seen)
{
	if (has_returned)
		return return_top(frames, top, seen);
	unwind_top(frames, top);
	return true;
}

/* Ends the call that returns. False when its beginning was not seen. */
static __always_inline bool finish(struct frames *frames, struct cookie cookie, __u32 depth,
				   const struct seen_return *seen)
{
	struct frame *top;
	bool is_own;

	frames_unwind(frames, depth + 1, true);
	top = frames_top(frames);
	if (!top || top->depth != depth)
		return false;
	is_own = top->function == cookie.function;
	return end_top(frames, top, is_own, seen) && is_own;
}

struct finishing {
	struct frames *frames;
	struct cookie cookie;
	__u32 depth;
	bool is_own_found;
	struct seen_return seen;
};

/* A callback of repeat. */
static __noinline long finish_one(__u32 i __attribute__((unused)), void *context)
{
	struct finishing *finishing = context;
	struct frame *top = frames_top(finishing->frames);
	struct cookie cookie = finishing->cookie;
	bool is_own;

	if (!top || top->depth != finishing->depth)
		return 1;
	is_own = !(cookie.flags & COOKIE_IS_FOREIGN) && top->function == cookie.function;
	if (end_top(finishing->frames, top, is_own || top->jumps, &finishing->seen) && is_own)
		finishing->is_own_found = true;
	return 0;
}

/* The same where a RET ends the calls that jumped to its function, too. */
static __always_inline bool finish_with_jumpers(struct frames *frames, struct cookie cookie,
						__u32 depth, const struct seen_return *seen)
{
	const __u32 n_at_most = 1 + COOKIE_MAX_TAIL_TARGETS;
	struct finishing finishing = {
		.frames = frames,
		.cookie = cookie,
		.depth = depth,
		.is_own_found = cookie.flags & COOKIE_IS_FOREIGN,
		.seen = *seen,
	};

	frames_unwind(frames, depth + 1, true);
	repeat(n_at_most, n_at_most, finish_one, &finishing);
	return finishing.is_own_found;
}

/*
 * The depth at which a call returns; 0 when it cannot be known. Nearly always it is the innermost
 * call, on a stack that has not moved since the last entry, and then the record alone tells. With
 * the runtime.g out of reach, the record must do as well; and if the stack has moved, what returns
 * is taken to be the innermost call, if that is one of its function.
 */
static __always_inline __u32 depth_of_return(struct frames *frames, struct cookie cookie, __u64 sp)
{
	struct frame *top = frames_top(frames);
	bool is_own;
	__u32 as_seen;
	__u64 stack_hi;

	if (!top)
		return 0;
	is_own = !(cookie.flags & COOKIE_IS_FOREIGN) && top->function == cookie.function;
	as_seen = depth_as_seen(&frames->goroutine->id, sp);
	if (is_own && top->depth == as_seen)
		return as_seen;
	if (goroutine_stack_hi(frames->key.g, &stack_hi))
		return depth_below(stack_hi, sp);
	return !as_seen && is_own && !is_changing ? top->depth : as_seen;
}

static __always_inline void note_return(struct pt_regs *ctx, struct cookie cookie, __u64 sp,
					__u64 now_ns)
{
	const struct seen_return seen = { ctx, sp, now_ns };
	__u32 process = traced_process(cookie);
	bool is_matched = false;
	struct frames frames;

	if (!process)
		return;
	if (frames_begin(&frames, goroutine_find(ctx, cookie), process, false)) {
		__u32 depth = depth_of_return(&frames, cookie, sp);

		if (depth)
			is_matched = cookie.flags & COOKIE_ENDS_JUMPERS
					     ? finish_with_jumpers(&frames, cookie, depth, &seen)
					     : finish(&frames, cookie, depth, &seen);
		goroutine_end(&frames);
	}
	if (!is_matched && !(cookie.flags & COOKIE_IS_FOREIGN) && !is_changing)
		count(cookie.function, CALL_UNMATCHED);
}

SEC("uprobe")
int on_return(struct pt_regs *ctx)
{
	__u64 now_ns = bpf_ktime_get_ns();
	struct cookie cookie = cookie_unpack(bpf_get_attach_cookie(ctx));
	struct ret ret = ret_look(ctx, cookie);

	use_own_stack(ctx);
	note_return(ctx, cookie, ret.sp, now_ns);
	ret_do(ctx, &ret);
	return 0;
}

static __always_inline void unwind_goroutine(__u64 g, __u32 process, __u32 depth)
{
	struct frames frames;

	if (!frames_begin(&frames, g, process, false))
		return;
	frames_unwind(&frames, depth, true);
	goroutine_end(&frames);
}

/*
 * At the call of runtime.gogo in runtime.recovery: its argument is a runtime.gobuf that holds the
 * SP with which the recovering function goes on. Return addresses below it belong to frames that
 * the panic has unwound.
 */
SEC("uprobe")
int on_recovery(struct pt_regs *ctx)
{
	struct cookie cookie = cookie_unpack(bpf_get_attach_cookie(ctx));
	__u32 process = traced_process(cookie), depth;
	__u64 gobuf, g, stack_hi;

	use_own_stack(ctx);
	if (!process)
		return 0;
	gobuf = cookie.flags & COOKIE_ARGUMENT_ON_STACK ? read_user_word(ctx->sp) : ctx->ax;
	g = read_user_word(gobuf + GOBUF_G_OFF);
	if (!goroutine_stack_hi(g, &stack_hi))
		return 0;
	depth = depth_below(stack_hi, read_user_word(gobuf + GOBUF_SP_OFF));
	if (depth)
		unwind_goroutine(g, process, depth);
	return 0;
}

/*
 * At the entry of runtime.Goexit: the goroutine runs its deferred calls and ends, and nothing below
 * returns.
 */
SEC("uprobe")
int on_goexit(struct pt_regs *ctx)
{
	struct cookie cookie = cookie_unpack(bpf_get_attach_cookie(ctx));
	__u32 process = traced_process(cookie);

	use_own_stack(ctx);
	if (process && !((cookie.flags & COOKIE_IS_JBE) && (ctx->flags & (X86_CF | X86_ZF))))
		unwind_goroutine(goroutine_find(ctx, cookie), process, 0);
	return 0;
}
