/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_RET_BPF_H
#define GOTRACED_RET_BPF_H

/*
 * Doing the RET
 * =============
 *
 * The kernel runs a probed RET by single-stepping a copy of it: a second trap, the dearest part of
 * a traced call. Kernels that let a uprobe's program write its registers (6.18 and later, with
 * CONFIG_KPROBES) leave the instruction alone once the program has moved IP. So the program does
 * what RET does: IP becomes the word at SP, and SP goes up by 8. Only RETs that do nothing else are
 * probed.
 *
 * It is left to the kernel when the word cannot be read, is no address that a RET could go to, or
 * the thread has a shadow stack, which RET pops as well.
 *
 * Several programs may sit at one RET, and only one may do it. Once somebody has, the registers are
 * those after the return, and the word below SP is where IP now points. A call right before a RET
 * leaves such a word as well, in a function without a frame: then IP still is at the probe's place,
 * as far as the page tells, and the RET is left to the kernel. That is right either way, though a
 * return that leads to the probe's own place in another page is then taken for what it is not.
 */
enum {
	SHADOW_STACK = 1 << 0, /* ARCH_SHSTK_SHSTK, arch/x86/include/uapi/asm/prctl.h */
	USER_ADDRESS_BITS = 47,
};

/* Set before loading: the kernel lets programs write registers, and ours shall. */
const volatile bool can_write_registers;
const volatile bool emulates_ret;

struct ret {
	__u64 sp; /* at the RET */
	__u64 to_ip; /* 0: the kernel shall do it, or it is done */
};

static __always_inline bool has_shadow_stack(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return bpf_core_field_exists(task->thread.features) &&
	       (task->thread.features & SHADOW_STACK);
}

static __always_inline struct ret ret_look(struct pt_regs *ctx, struct cookie cookie)
{
	struct ret ret = { .sp = ctx->sp };
	struct {
		__u64 below, at;
	} words;

	if (!can_write_registers ||
	    bpf_probe_read_user(&words, sizeof(words), (void *)(ctx->sp - sizeof(words.below))))
		return ret;
	if (words.below == ctx->ip) {
		if (ctx->ip % COOKIE_PAGE_BYTES != cookie.page_off)
			ret.sp -= sizeof(words.below);
	} else if (emulates_ret && !(words.at >> USER_ADDRESS_BITS) && !has_shadow_stack()) {
		ret.to_ip = words.at;
	}
	return ret;
}

/* To be called last: the registers are then those of the caller. */
static __always_inline void ret_do(struct pt_regs *ctx, const struct ret *ret)
{
	if (!emulates_ret || !ret->to_ip)
		return;
	ctx->sp = ret->sp + sizeof(ret->to_ip);
	ctx->ip = ret->to_ip;
}

#endif
