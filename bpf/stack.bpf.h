/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_STACK_BPF_H
#define GOTRACED_STACK_BPF_H

/*
 * Where a program's variables are
 * ===============================
 *
 * From Linux 6.13 on, x86-64 gives a program of this type that uses 64 bytes of stack or more a
 * stack of its own for each CPU, rather than the kernel's stack of the thread that it runs for
 * (bpf_enable_priv_stack, kernel/bpf/verifier.c). That presumes that no second run of the program
 * begins on the CPU before the first has ended, and for uprobes it is not so: the thread can be
 * preempted within the program by one that hits a probe as well. The two would write over each
 * other's variables, and the first go on with the second's.
 *
 * Programs that contain a tail call are exempt. So each of ours contains one, never executed.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} no_programs SEC(".maps");

const volatile bool is_never;

static __always_inline void use_own_stack(void *ctx)
{
	if (is_never)
		bpf_tail_call(ctx, &no_programs, 0);
}

#endif
