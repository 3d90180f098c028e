/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_UNWIND_BPF_H
#define GOTRACED_UNWIND_BPF_H

/* How frames go whose calls do not return: those that a panic, or runtime.Goexit, has unwound. */
enum {
	MAX_POPS_WITHOUT_LOOP = 64, /* see repeat.bpf.h */
	MAX_POPS = 1 << 23,
};

struct unwinding {
	struct frames *frames;
	__u32 depth;
	bool is_counted;
};

/* A callback of repeat. */
static __noinline long unwind_one(__u32 i __attribute__((unused)), void *context)
{
	struct unwinding *unwinding = context;
	struct frame *top = frames_top(unwinding->frames);

	if (!top || top->depth < unwinding->depth)
		return 1;
	if (unwinding->is_counted)
		unwind_top(unwinding->frames, top);
	else
		pop_top(unwinding->frames, top);
	return 0;
}

/*
 * Pops every frame at this depth or deeper. False when some had to be left: only on kernels without
 * bpf_loop, and only for a panic through more frames than their unrolled loop takes.
 */
static __always_inline bool frames_unwind(struct frames *frames, __u32 depth, bool is_counted)
{
	struct unwinding unwinding = { frames, depth, is_counted };
	struct frame *top = frames_top(frames);

	if (!top || top->depth < depth)
		return true;
	return repeat(MAX_POPS, MAX_POPS_WITHOUT_LOOP, unwind_one, &unwinding);
}

/* Pops what cannot be live when a function is entered at this depth; as frames_unwind. */
static __always_inline bool frames_unwind_at_entry(struct frames *frames, __u32 depth,
						   bool is_jumped_to)
{
	struct frame *top;

	if (!is_jumped_to)
		return frames_unwind(frames, depth, true);
	if (!frames_unwind(frames, depth + 1, true))
		return false;
	top = frames_top(frames);
	return top && top->jumps ? true : frames_unwind(frames, depth, true);
}

/*
 * Makes sure that the frames are this goroutine's. Those of an ended goroutine were unwound; those
 * of an ended process are forgotten, its calls having been in flight when it ended.
 */
static __always_inline bool frames_claim(struct frames *frames, const struct goroutine_id *id,
					 __u64 birth)
{
	struct goroutine *goroutine = frames->goroutine;
	bool is_same_process = goroutine->birth == birth;

	bool is_same_goroutine =
		goroutine->id.goid == id->goid || goroutine->id.goid == GOID_UNKNOWN;

	if (!(is_same_process && is_same_goroutine) && !frames_unwind(frames, 0, is_same_process))
		return false;
	goroutine->id = *id;
	goroutine->birth = birth;
	return true;
}

#endif
