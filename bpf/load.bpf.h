/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_LOAD_BPF_H
#define GOTRACED_LOAD_BPF_H

/*
 * How many traced calls a process makes, whatever the function, for user space to see at a glance
 * how much of its time the probes take. Read by mapping, without a system call. Processes whose ids
 * are alike in the low bits share a place, which makes them look busier than they are.
 */
__u64 process_calls[LOAD_CPUS][LOAD_PROCESSES];

static __always_inline void load_note(__u32 process)
{
	__u32 cpu = bpf_get_smp_processor_id() % LOAD_CPUS;

	__sync_fetch_and_add(&process_calls[cpu][process % LOAD_PROCESSES], 1);
}

#endif
