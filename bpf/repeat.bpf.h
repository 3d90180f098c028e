/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPEAT_BPF_H
#define GOTRACED_REPEAT_BPF_H

/*
 * Calls a callback until it returns 1, n_at_most times. Kernels before 5.17 have no bpf_loop: there it
 * is n_unrolled times at most, a constant, and the verifier goes through each of them. False when that
 * was not enough.
 */
static __always_inline bool repeat(__u32 n_at_most, __u32 n_unrolled,
				   long (*callback)(__u32, void *), void *context)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop)) {
		bpf_loop(n_at_most, callback, context, 0);
		return true;
	}
	for (__u32 i = 0; i < n_unrolled; i++)
		if (i >= n_at_most || callback(i, context))
			return true;
	return n_at_most <= n_unrolled;
}

#endif
