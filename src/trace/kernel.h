/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_KERNEL_H
#define GOTRACED_TRACE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "reason.h"

/*
 * BPF_TRACE_UPROBE_MULTI (include/uapi/linux/bpf.h, Linux 6.6), which the headers of older systems
 * lack.
 */
#define ATTACH_UPROBE_MULTI ((enum bpf_attach_type)48)

/* What the running kernel can do. */
struct kernel {
	int major, minor;
	bool has_uprobe_multi; /* links that attach many uprobes at once, from 6.6 */
	/*
	 * The program at a uprobe may write the registers, and the kernel then leaves an
	 * instruction alone from which IP was moved away (6.18, with CONFIG_KPROBES). False without
	 * CAP_BPF and CAP_PERFMON.
	 */
	bool can_write_registers;
};

/*
 * Looks at the running kernel. Fails, with the reason, where tracing cannot work: -ENOSYS for a
 * kernel older than 5.15 (attach cookies of uprobes) or without BTF, -EPERM when rights are
 * missing.
 */
int kernel_init(struct kernel *kernel, struct reason *why);

bool kernel_is_at_least(const struct kernel *kernel, int major, int minor);

/* The clock by which calls are measured: CLOCK_MONOTONIC, in ns. */
uint64_t kernel_now_ns(void);

/* Do we have the rights by which what the kernel can do was found out? */
bool kernel_permits(void);

/*
 * Explains that an operation was not permitted: which capabilities are missing, out of those that
 * tracing needs.
 */
int kernel_not_permitted(bool needs_sys_admin, struct reason *why);

/* Explains that the BPF programs could not be loaded, and returns err. */
int kernel_refuses_programs(int err, struct reason *why);

#endif
