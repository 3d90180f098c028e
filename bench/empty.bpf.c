/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

/* The least that a uprobe can cost: a program that does nothing. */

char program_license[] SEC("license") = "GPL";

SEC("uprobe")
int on_hit(void *ctx __attribute__((unused)))
{
	return 0;
}
