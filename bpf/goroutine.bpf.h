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
	G_STACK_HI_OFF = 8, /* runtime.g.stack.hi, in every Go version */
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

/* How far sp is below the top of g's stack; 0 when it does not lie on it. */
static __always_inline __u32 goroutine_depth(__u64 g, __u64 sp)
{
	__u64 depth = read_user_word(g + G_STACK_HI_OFF) - sp;

	return depth >> 32 ? 0 : depth;
}

#endif
