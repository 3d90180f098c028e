/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_CLI_OPTIONS_H
#define GOTRACED_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What the user asked for on the command line. Strings belong to argv. */
enum options_action {
	ACTION_TRACE,
	ACTION_LIST,
	ACTION_PLAN,
	ACTION_SUMMARY, /* of the plan */
};

enum options_format {
	FORMAT_TEXT,
	FORMAT_JSON,
};

enum options_links {
	LINKS_AUTO,
	LINKS_MULTI,
	LINKS_PERF,
};

/* A program and the functions of it that are meant. */
struct options_program {
	const char *binary; /* NULL: the command's, or those that the processes run */
	const char **patterns; /* owned */
	size_t n_patterns;
	bool is_function_first; /* a --func came before --binary */
};

struct options {
	enum options_action action;
	struct options_program *programs; /* at least one; owned */
	size_t n_programs;
	pid_t *pids; /* owned; none: all processes */
	size_t n_pids;
	char **command; /* NULL-terminated; NULL when none is to be started */
	uint64_t duration_ns, interval_ns; /* 0: none */
	enum options_format format;
	const char *output; /* NULL: stdout */
	enum options_links links;
	size_t max_functions;
	double max_overhead_percent; /* of one CPU, for each process; 0: no limit */
	bool is_uncalibrated; /* what tracing costs is not measured */
	uint64_t max_in_flight; /* calls; 0: as many as is usual */
	uint64_t ring_bytes; /* of each CPU; 0: by the number of CPUs */
	bool leaves_ret_alone; /* RETs are stepped over, not emulated */
	bool is_debug;
};

/*
 * Parses the command line. Says what is wrong with it and exits with status 2 where it is; --help
 * and --version exit with 0.
 */
void options_init(struct options *options, int argc, char **argv);
void options_fini(struct options *options);

#endif
