/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_LOAD_H
#define GOTRACED_LOAD_H

/* The dimensions of process_calls, bpf/load.bpf.h. */
enum {
	LOAD_CPUS = 64,
	LOAD_PROCESSES = 256,
};

#endif
