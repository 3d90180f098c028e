/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GOROUTINE_BPF_H
#define GOTRACED_GOROUTINE_BPF_H

/*
 * Finding the goroutine
 * =====================
 *
 * The thread says nothing about a call: a goroutine may enter a function on one thread and leave it
 * on another. What stays is the address of its runtime.g. Go keeps it in R14 throughout compiled
 * code (ABIInternal, Go >= 1.17), and in thread-local storage, which assembly and older code use.
 *
 * Within a goroutine a call is known by its depth: how far below the top of the stack, g.stack.hi,
 * its return address lies. Go moves a stack to grow it, and hi moves along, so the depth of a call
 * stays the same for as long as it lives.
 *
 * A runtime.g is used again for another goroutine when its own has ended, and a process id for
 * another process; goid and the birth of the process tell such a one from what was here before.
 */
enum {
	/* runtime.g begins with its stack, in every Go version */
	G_STACK_LO_OFF = 0,
	G_STACK_HI_OFF = 8,
	G_WORDS = COOKIE_MAX_GOID_OFF / COOKIE_WORD + 1,
	GOID_UNKNOWN = ~0ULL, /* instead of a goid */
};

/* What the probes read of a runtime.g. */
struct goroutine_id {
	__u64 goid;
	__u64 stack_lo, stack_hi;
};

static __always_inline __u64 read_user_word(__u64 at)
{
	__u64 word = 0;

	bpf_probe_read_user(&word, sizeof(word), (void *)at);
	return word;
}

/* The address of the running goroutine's runtime.g; 0 when it cannot be read. */
static __always_inline __u64 goroutine_find(struct pt_regs *ctx, struct cookie cookie)
{
	struct task_struct *task;

	if (cookie.tls_off == 0)
		return ctx->r14;
	task = bpf_get_current_task_btf();
	return read_user_word(task->thread.fsbase + cookie.tls_off);
}

/*
 * A runtime.g is out of reach for a moment each time that the kernel moves its page: to make a huge
 * page of it, to bring it nearer to the CPU or to have free memory in one piece. Probes then go by
 * what they saw of it last, if they can. A thread-local storage out of reach, likewise, leaves them
 * nothing to go by.
 */

/* One read takes all up to the goid: a second one would cost more than what is read in vain. */
static __always_inline bool goroutine_identify(__u64 g, struct cookie cookie,
					       struct goroutine_id *id)
{
	__u64 words[G_WORDS];

	if (bpf_probe_read_user(words, sizeof(words), (void *)g))
		return false;
	id->goid = words[cookie.goid_off / COOKIE_WORD % G_WORDS];
	id->stack_lo = words[G_STACK_LO_OFF / COOKIE_WORD];
	id->stack_hi = words[G_STACK_HI_OFF / COOKIE_WORD];
	return true;
}

static __always_inline bool goroutine_stack_hi(__u64 g, __u64 *stack_hi)
{
	return !bpf_probe_read_user(stack_hi, sizeof(*stack_hi), (void *)(g + G_STACK_HI_OFF));
}

/* How far sp is below the top of the stack; 0 when it does not lie on it. */
static __always_inline __u32 depth_below(__u64 stack_hi, __u64 sp)
{
	__u64 depth = stack_hi - sp;

	return depth >> 32 ? 0 : depth;
}

/* The same by what was seen of the goroutine, whose stack may have moved since: then mostly 0. */
static __always_inline __u32 depth_as_seen(const struct goroutine_id *id, __u64 sp)
{
	return sp > id->stack_lo ? depth_below(id->stack_hi, sp) : 0;
}

#endif
