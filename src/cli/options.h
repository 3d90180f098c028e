/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_CLI_OPTIONS_H
#define GOTRACED_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/calls.h"
#include "reason.h"

/* What the user asked for, on the command line and in a configuration file. */
enum options_action {
	ACTION_TRACE,
	ACTION_LIST,
	ACTION_PLAN,
	ACTION_SUMMARY, /* of the plan */
	ACTION_EMIT, /* a script for bpftrace */
	ACTION_CHECK, /* the configuration */
};

enum options_format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_HLOG,
	FORMAT_JOURNAL,
	N_FORMATS,
};

enum options_links {
	LINKS_AUTO,
	LINKS_MULTI,
	LINKS_PERF,
};

struct options_label {
	char *name, *value;
};

/* A program and the functions of it that are meant. All that it points to is its own. */
struct options_target {
	char *name; /* in the configuration; NULL: that of its program */
	char *binary; /* a file or a glob; NULL: the command's, or those that the processes run */
	char **patterns;
	size_t n_patterns;
	pid_t *pids; /* only these processes; none: all */
	size_t n_pids;
	struct options_label *labels;
	size_t n_labels;
	bool waits; /* for a file, or a function in it, that is not there yet */
	bool is_function_first; /* on the command line, before --binary */
	int line; /* of the configuration; 0: it is from the command line */
};

/* Upper bounds of the buckets that OpenMetrics are given, ascending. */
struct options_buckets {
	uint64_t *ns; /* owned */
	size_t n;
};

struct options {
	enum options_action action;
	bool is_skeleton; /* the script is for the user to fill in */
	struct options_target *targets; /* at least one; owned */
	size_t n_targets;
	char **command; /* NULL-terminated, of argv; NULL when none is to be started */
	uint64_t duration_ns, interval_ns; /* 0: none */
	enum options_format format;
	bool is_cumulative; /* reports at intervals are of all so far */
	bool is_live; /* figures are shown on a screen, which is refreshed at each interval */
	char *output; /* NULL: stdout; owned */
	char *listen; /* an address and port, or a path; NULL: nowhere; owned */
	struct options_buckets buckets;
	enum options_links links;
	size_t max_functions;
	double max_overhead_percent; /* of one CPU, for each process; 0: no limit */
	bool is_uncalibrated; /* what tracing costs is not measured */
	uint64_t max_in_flight; /* calls; 0: as many as is usual */
	uint64_t ring_bytes; /* of each CPU; 0: by the number of CPUs */
	bool leaves_ret_alone; /* RETs are stepped over, not emulated */
	bool is_debug;
	struct options_calls calls;

	const char *config; /* the file; NULL: none; of argv */
	uint64_t given; /* by the command line, by setting_bit: the file does not change them */
	int argc; /* of the command line, to read it again; the caller's */
	char **argv;
};

/* Is told what is wrong, a line at a time. */
typedef void options_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Reads the command line, which must outlive the options, and the configuration file that it names.
 * Says what is wrong and exits with status 2 where something is; --help and --version exit with 0.
 */
void options_init(struct options *options, int argc, char **argv);
void options_fini(struct options *options);

/*
 * Reads both again. 0 or -EINVAL, after complaining about everything that is wrong; *ret is
 * untouched then.
 */
int options_reread(const struct options *options, struct options *ret, options_complain *complain);

/* Is there a report on each interval by itself? */
bool options_have_intervals(const struct options *options);

/* The target that is being described: the last; made if there is none yet. NULL without memory. */
struct options_target *options_last_target(struct options *options);
struct options_target *options_add_target(struct options *options);

#endif
