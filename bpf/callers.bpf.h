/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_CALLERS_BPF_H
#define GOTRACED_CALLERS_BPF_H

/*
 * From where a function was called: the return addresses on the goroutine's stack. At the entry the
 * function has no frame yet, so that RBP is still its caller's, and the way along the frame pointers
 * misses the caller itself, whose address lies at SP. A walk by the kernel's own helper misses it too,
 * or from Linux 6.11 on at some instructions does not; so we walk ourselves, within the stack of the
 * goroutine.
 */
const volatile bool takes_stacks; /* set before loading */

struct walk {
	struct capture *capture;
	__u32 to; /* the place in the capture of the next return address */
	__u32 n_frames;
	__u64 bp, stack_hi;
};

/* A callback of repeat. */
static __noinline long walk_one(__u32 i __attribute__((unused)), void *context)
{
	struct walk *walk = context;
	struct {
		__u64 bp, return_ip;
	} frame;

	if (walk->to + sizeof(__u64) > capture_bytes ||
	    bpf_probe_read_user(&frame, sizeof(frame), (void *)walk->bp) || !frame.return_ip)
		return 1;
	*(__u64 *)capture_at(walk->capture, walk->to) = frame.return_ip;
	walk->to += sizeof(__u64);
	walk->n_frames++;
	/* Callers lie above. */
	if (frame.bp <= walk->bp || frame.bp >= walk->stack_hi)
		return 1;
	walk->bp = frame.bp;
	return 0;
}

static __always_inline void callers_take(struct capture *capture, struct pt_regs *ctx, __u32 to,
					 __u64 stack_hi)
{
	struct walk walk = { capture, to + sizeof(__u64), 1, ctx->bp, stack_hi };

	*(__u64 *)capture_at(capture, to) = read_user_word(ctx->sp);
	if (walk.bp > ctx->sp && walk.bp < stack_hi)
		repeat(MAX_STACK_FRAMES - 1, MAX_STACK_FRAMES - 1, walk_one, &walk);
	capture->detail.n_frames = walk.n_frames;
}

#endif
