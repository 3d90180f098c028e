/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/kernel.h"

#include <asm/ptrace.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum {
	OLDEST_MAJOR = 5,
	OLDEST_MINOR = 15,
};

bool kernel_is_at_least(const struct kernel *kernel, int major, int minor)
{
	return kernel->major > major || (kernel->major == major && kernel->minor >= minor);
}

uint64_t kernel_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static uint64_t effective_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &header, data))
		return 0;
	return data[0].effective | (uint64_t)data[1].effective << 32;
}

static int name_missing(uint64_t capabilities, struct reason *why)
{
	static const struct {
		int capability;
		const char *name;
	} known[] = {
		{ CAP_BPF, "CAP_BPF" },
		{ CAP_PERFMON, "CAP_PERFMON" },
		{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN, which this kernel wants for uprobes by perf "
				 "events (the service: by "
				 "its drop-in perf-events.conf)" },
	};
	char names[192] = "";
	size_t n = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (capabilities >> known[i].capability & 1)
			n += snprintf(names + n, sizeof(names) - n, "%s%s", n ? " and " : "",
				      known[i].name);
	return reason_set(
		why, -EPERM,
		"not permitted: missing %s; run gotraced as root, or grant what is missing", names);
}

static uint64_t missing_capabilities(bool needs_sys_admin)
{
	const uint64_t admin = 1UL << CAP_SYS_ADMIN, bpf = 1UL << CAP_BPF | 1UL << CAP_PERFMON;
	uint64_t has = effective_capabilities();

	if (has & admin)
		return 0;
	return needs_sys_admin ? admin : bpf & ~has;
}

bool kernel_permits(void)
{
	return !missing_capabilities(false);
}

int kernel_not_permitted(bool needs_sys_admin, struct reason *why)
{
	uint64_t missing = missing_capabilities(needs_sys_admin);

	if (missing)
		return name_missing(missing, why);
	return reason_set(
		why, -EPERM,
		"not permitted although the capabilities are there: a container's seccomp "
		"filter, kernel lockdown or a security module forbids BPF here");
}

static bool is_confidential(void)
{
	FILE *file = fopen("/sys/kernel/security/lockdown", "re");
	char modes[128] = "";
	bool is_so =
		file && fgets(modes, sizeof(modes), file) && strstr(modes, "[confidentiality]");

	if (file)
		fclose(file);
	return is_so;
}

int kernel_refuses_programs(int err, struct reason *why)
{
	if (err == -EPERM)
		return kernel_not_permitted(false, why);
	if (is_confidential())
		return reason_set(why, err,
				  "the kernel is locked down for confidentiality, and then lets no "
				  "BPF program read memory: boot it without "
				  "lockdown=confidentiality (integrity does no harm)");
	return reason_set(why, err,
			  "the kernel does not accept the BPF programs: %s; --debug shows why; a "
			  "security module, or kernel lockdown, may forbid them",
			  strerror(-err));
}

/*
 * A kernel that knows uprobe_multi links refuses one on a directory with EBADF; others do not come
 * that far, and some load the program but know no such link.
 */
static bool has_uprobe_multi(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, load_opts, .expected_attach_type = ATTACH_UPROBE_MULTI);
	unsigned long offset = 0;
	LIBBPF_OPTS(bpf_link_create_opts, link_opts,
		    .uprobe_multi = { .path = "/", .offsets = &offset, .cnt = 1 });
	int program, link, err;

	program = bpf_prog_load(BPF_PROG_TYPE_KPROBE, NULL, "GPL", insns, 2, &load_opts);
	if (program < 0)
		return false;
	link = bpf_link_create(program, -1, ATTACH_UPROBE_MULTI, &link_opts);
	err = -errno;
	close(program);
	if (link < 0)
		return err == -EBADF;
	close(link);
	return false;
}

static bool can_write_registers(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_DW,
		  .dst_reg = BPF_REG_2,
		  .src_reg = BPF_REG_1,
		  .off = offsetof(struct pt_regs, rip) },
		{ .code = BPF_STX | BPF_MEM | BPF_DW,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_REG_2,
		  .off = offsetof(struct pt_regs, rip) },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int program = bpf_prog_load(BPF_PROG_TYPE_KPROBE, NULL, "GPL", insns, 4, NULL);

	if (program < 0)
		return false;
	close(program);
	return true;
}

int kernel_init(struct kernel *kernel, struct reason *why)
{
	struct utsname name;

	*kernel = (struct kernel){ 0 };
	if (uname(&name) || sscanf(name.release, "%d.%d", &kernel->major, &kernel->minor) != 2)
		return reason_set(why, -ENOSYS, "the version of the running kernel cannot be read");
	if (!kernel_is_at_least(kernel, OLDEST_MAJOR, OLDEST_MINOR))
		return reason_set(why, -ENOSYS,
				  "kernel %s is too old: gotraced needs %d.%d or newer, for "
				  "uprobes with cookies",
				  name.release, OLDEST_MAJOR, OLDEST_MINOR);
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return reason_set(
			why, -ENOSYS,
			"cannot read /sys/kernel/btf/vmlinux: %s; gotraced needs a kernel with "
			"CONFIG_DEBUG_INFO_BTF, and /sys mounted",
			strerror(errno));
	kernel->has_uprobe_multi = has_uprobe_multi();
	kernel->can_write_registers = can_write_registers();
	return 0;
}
