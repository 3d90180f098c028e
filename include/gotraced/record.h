/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_RECORD_H
#define GOTRACED_RECORD_H

#include "gotraced/types.h"

/*
 * What the BPF programs tell user space. Values of enums are fixed; new ones are added at the end.
 */

/* A call that returned, through the ring buffer. */
struct call_record {
	__u64 duration_ns;
	__u32 function;
	__u32 reserved; /* 0 */
};
_Static_assert(sizeof(struct call_record) == 16, "shared with BPF");

/*
 * What happened to the calls of a function since the probes were attached, counted per CPU: the sum
 * over all CPUs is exact. Calls now in flight are started - returned - unwound.
 */
enum call_counter {
	CALL_STARTED = 0,
	CALL_RETURNED = 1,
	CALL_UNWOUND = 2, /* a panic or runtime.Goexit ended it */
	CALL_UNMATCHED =
		3, /* a return whose entry was not seen: it began before the probes were there */
	CALL_NOT_STARTED = 4, /* an entry that could not be noted: the table of frames was full, or
				 g unreadable */
	CALL_DROPPED = 5, /* returned, but there was room for its duration neither in the ring
			     buffer nor in the overflow histogram */
	CALL_WITHIN = 6, /* of traced functions, made within those that returned, at any remove;
			    at most 2^32 - 1 of them within one call */
	N_CALL_COUNTERS = 7,
};

struct call_counters {
	__u64 n[N_CALL_COUNTERS];
	/* Calls that began before are of a function that had this place before: they do not count. */
	__u64 since_ns; /* CLOCK_MONOTONIC; the same on all CPUs */
};
_Static_assert(sizeof(struct call_counters) == 64, "shared with BPF");

#endif
