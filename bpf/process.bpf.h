/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_PROCESS_BPF_H
#define GOTRACED_PROCESS_BPF_H

/*
 * Which process was hit, by the id that user space knows it by. The kernel's own answer is the id
 * in the initial pid namespace; where gotraced runs in another one, a container say, the id there
 * is looked up among those that the process has, one in each namespace from the initial one down to
 * its own.
 */
enum { MAX_PID_NAMESPACES = 32 + 1 }; /* include/linux/pid_namespace.h: MAX_PID_NS_LEVEL */

/* Set before loading: the inode of gotraced's own pid namespace, 0 when that is the initial one. */
const volatile __u32 pid_namespace;

/* 0 for a process that has no id there. */
static __always_inline __u32 process_here(void)
{
	__u32 initial_id = bpf_get_current_pid_tgid() >> 32;
	struct task_struct *task;
	struct pid *pid;

	if (!pid_namespace)
		return initial_id;
	task = bpf_get_current_task_btf();
	pid = task->group_leader->thread_pid;
	for (__u32 i = 0; i < MAX_PID_NAMESPACES && i <= BPF_CORE_READ(pid, level); i++) {
		const struct upid *id = (void *)pid + bpf_core_field_offset(pid->numbers) +
					i * bpf_core_type_size(struct upid);

		if (BPF_CORE_READ(id, ns, ns.inum) == pid_namespace)
			return BPF_CORE_READ(id, nr);
	}
	return 0;
}

/* Tells a process from an earlier one of the same id, and from itself before an exec. */
static __always_inline __u64 process_birth(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return task->group_leader->start_boottime + task->self_exec_id;
}

#endif
