/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_EMIT_BPFTRACE_H
#define GOTRACED_EMIT_BPFTRACE_H

#include <stdio.h>
#include <sys/types.h>

#include "plan/plan.h"

/* Scripts that have bpftrace probe what gotraced would. */
enum emit_kind {
	EMIT_HISTOGRAMS, /* measures calls as gotraced does, as far as bpftrace can */
	EMIT_SKELETON, /* the same probes, which only count: for the user to fill in */
};

/* A program that a script is for. All that it points to is the caller's. */
struct emit_program {
	const struct plan *plan;
	const char *path; /* that bpftrace is to open: from the root */
	const pid_t *pids; /* only these processes; none: all */
	size_t n_pids;
};

/*
 * Prints a script for the traced functions of all these programs. Of names it prints only what can
 * neither end the comment or string that they stand in nor change how a terminal shows it.
 *
 * 0 or -errno: -EINVAL when none of the functions can be traced, -ENOTSUP when bpftrace cannot be
 * told where any of them is, -ENOMEM. Nothing is printed then. Output errors are left to the stream.
 */
int emit_bpftrace(FILE *to, enum emit_kind kind, const struct emit_program *programs,
		  size_t n_programs, struct reason *why);

#endif
