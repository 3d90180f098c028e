/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_BENCH_PARTS_H
#define GOTRACED_BENCH_PARTS_H

/* What bench/parts.bpf.c times. */
enum part {
	PART_NOTHING, /* what going round a loop takes, which is in all the others */
	PART_READ, /* a runtime.g's read */
	PART_LOOKUP, /* that of a goroutine's record */
	PART_SUBMIT, /* a record's, to the ring buffer */
	PART_COUNT, /* in a function's counters */
	PART_CLOCK, /* read */
	N_PARTS,
};

enum { N_TIMES = 1 << 14 };

#endif
