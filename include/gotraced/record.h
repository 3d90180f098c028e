/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_RECORD_H
#define GOTRACED_RECORD_H

#include "gotraced/fetch.h"
#include "gotraced/types.h"

/*
 * What the BPF programs tell user space. Values of enums are fixed; new ones are added at the end.
 */

/* What a record in the ring buffer is; both begin alike. */
enum record_kind {
	RECORD_CALL = 0,
	RECORD_DETAIL = 1,
};

/* A call that returned. */
struct call_record {
	__u64 duration_ns;
	__u32 function;
	__u32 kind; /* RECORD_CALL */
};
_Static_assert(sizeof(struct call_record) == 16, "shared with BPF");

/* How a call ended. */
enum call_end {
	END_RETURNED = 0,
	END_UNWOUND = 1,
	/* Told only for the sake of the calls within: it is to be neither counted nor shown. */
	END_LEFT_OUT = 2, /* by a condition */
	END_FORGOTTEN = 3, /* its function is not traced any more */
};

enum { NO_FUNCTION = 0xffffffff };

/*
 * A call that ended, with what was taken of it: n_bytes of values, as its fetch program has placed them
 * (gotraced/fetch.h), and n_frames return addresses of 8 bytes, the caller's first. It stands for the
 * call, of which there is no call_record.
 */
struct call_detail {
	__u64 duration_ns;
	__u32 function;
	__u32 kind; /* RECORD_DETAIL */
	__u64 start_ns; /* CLOCK_MONOTONIC */
	__u64 goid; /* ~0 when it could not be read */
	__u64 g; /* address of the runtime.g */
	__u64 entry_ip; /* of the entry's probe, in the process; 0 when nothing was taken there */
	__u64 failed_steps[FETCH_STEP_WORDS]; /* bits, by the steps of the fetch program */
	__u32 process;
	__u32 thread; /* that the call ended on */
	__u32 level; /* how many traced calls of the goroutine it was within */
	__u32 n_within; /* traced calls that ended within it, at any remove; no more than fit */
	__u32 caller; /* the function of the traced call that it was directly within, or NO_FUNCTION */
	__u16 n_bytes;
	__u16 n_frames;
	__u8 end; /* enum call_end */
	__u8 variant; /* of the fetch program */
	__u16 reserved[3];
};
_Static_assert(sizeof(struct call_detail) == 96, "shared with BPF");

enum { MAX_STACK_FRAMES = 127 }; /* return addresses that are taken */

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
	CALL_FILTERED = 7, /* a condition left it out: it counts nowhere else */
	N_CALL_COUNTERS = 8,
};

struct call_counters {
	__u64 n[N_CALL_COUNTERS];
	/* Calls that began before are of a function that had this place before: they do not count. */
	__u64 since_ns; /* CLOCK_MONOTONIC; the same on all CPUs */
};
_Static_assert(sizeof(struct call_counters) == 72, "shared with BPF");

#endif
