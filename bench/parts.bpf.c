/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "gotraced/cookie.h"
#include "gotraced/goroutine_key.h"
#include "gotraced/overflow.h"
#include "gotraced/record.h"

#include "../bpf/goroutine.bpf.h"

#include "../bpf/counters.bpf.h"
#include "../bpf/overflow.bpf.h"
#include "../bpf/rings.bpf.h"

#include "../bpf/calls.bpf.h"
#include "../bpf/frames.bpf.h"

#include "parts.h"

/* Times what the probes' programs are made of, each part by itself and many times over. */

char program_license[] SEC("license") = "GPL";

/* Set by user space: as much of a runtime.g as the probes read, in its own memory. */
__u64 g;

__u64 took_ns[N_PARTS]; /* for N_TIMES */

/* Callbacks of bpf_loop: 1 ends it. */
static long do_nothing(__u32 i __attribute__((unused)), void *ctx __attribute__((unused)))
{
	return 0;
}

static long do_read(__u32 i __attribute__((unused)), void *ctx __attribute__((unused)))
{
	struct goroutine_id id;

	return !goroutine_identify(g, (struct cookie){ .goid_off = COOKIE_MAX_GOID_OFF }, &id);
}

static long do_lookup(__u32 i __attribute__((unused)), void *ctx __attribute__((unused)))
{
	struct frames frames;

	return !frames_begin(&frames, g, 1, true);
}

static long do_submit(__u32 i, void *ctx __attribute__((unused)))
{
	return !ring_submit(0, i);
}

static long do_count(__u32 i __attribute__((unused)), void *ctx __attribute__((unused)))
{
	count(0, CALL_STARTED);
	return 0;
}

static long do_read_clock(__u32 i __attribute__((unused)), void *ctx __attribute__((unused)))
{
	return bpf_ktime_get_ns() == 0;
}

/* False when it did not work each time. */
static __always_inline bool time_part(enum part part, long (*callback)(__u32 i, void *ctx))
{
	__u64 start_ns = bpf_ktime_get_ns();
	bool is_done = bpf_loop(N_TIMES, callback, 0, 0) == N_TIMES;

	took_ns[part] = bpf_ktime_get_ns() - start_ns;
	return is_done;
}

/* Returns 0 when all parts worked. */
SEC("syscall")
int time_parts(void *ctx __attribute__((unused)))
{
	return !(time_part(PART_NOTHING, do_nothing) && time_part(PART_READ, do_read) &&
		 time_part(PART_LOOKUP, do_lookup) && time_part(PART_SUBMIT, do_submit) &&
		 time_part(PART_COUNT, do_count) && time_part(PART_CLOCK, do_read_clock));
}
