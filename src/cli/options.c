/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bytes.h"
#include "cli/duration.h"
#include "gotraced/cookie.h"

enum {
	EXIT_USAGE = 2,
	DEFAULT_MAX_FUNCTIONS = 1000,
	MAX_MAX_IN_FLIGHT = 1 << 30,
	MIN_RING_BYTES = 4 << 10, /* a page */
	MAX_RING_BYTES = 1 << 30,
};

enum key {
	KEY_BINARY = 'b',
	KEY_FUNC = 'f',
	KEY_PID = 'p',
	KEY_DURATION = 'd',
	KEY_INTERVAL = 'i',
	KEY_OUTPUT = 'o',
	KEY_LIST = 'l',
	KEY_PLAN = 0x100,
	KEY_SUMMARY,
	KEY_FORMAT,
	KEY_LINKS,
	KEY_MAX_FUNCTIONS,
	KEY_MAX_IN_FLIGHT,
	KEY_MAX_OVERHEAD,
	KEY_NO_CALIBRATE,
	KEY_RING_SIZE,
	KEY_NO_RET_EMULATION,
	KEY_DEBUG,
};

static const char doc[] =
	"Measures how long functions of running Go programs take, without rebuilding or restarting "
	"them."
	"\v"
	"PATTERN is a function's exact name as Go prints it in stack traces (main.main, "
	"net/http.(*conn).serve), a "
	"glob with * and ? ('main.*'), or a /regular expression/.\n"
	"TIME is a number of seconds, or one with a unit: 500ms, 10s, 2m, 1h.\n"
	"\n"
	"SIGUSR1 prints a report and goes on; Ctrl-C and SIGTERM print the last one and end.\n"
	"Exit status: 0 done, 1 failed, 2 wrong usage.\n"
	"\n"
	"Examples:\n"
	"  gotraced --binary /usr/bin/nomad --func main.handle\n"
	"  gotraced --pid 4711 --func 'net/http.(*conn).serve' --interval 10\n"
	"  gotraced --func 'main.*' -- ./server -port 8080\n"
	"  gotraced --binary ./server --func '/ServeHTTP$/' --plan";

static const struct argp_option argp_options[] = {
	{ NULL, 0, NULL, 0, "What to trace:", 1 },
	{ "binary", KEY_BINARY, "FILE", 0,
	  "The Go program; all processes that run it are traced. May be repeated, each with the "
	  "--func that follow it",
	  0 },
	{ "func", KEY_FUNC, "PATTERN", 0, "Functions to trace; may be repeated", 0 },
	{ "pid", KEY_PID, "PID", 0,
	  "Only this process; may be repeated. Without --binary, the program that it runs, in a "
	  "container or replaced since, too",
	  0 },
	{ "max-functions", KEY_MAX_FUNCTIONS, "N", 0,
	  "Refuse to trace more functions than this (1000)", 0 },
	{ "max-overhead", KEY_MAX_OVERHEAD, "PERCENT", 0,
	  "Detach the functions that cost most while tracing takes more than this of one CPU from "
	  "a "
	  "process (no limit, but a warning above 10)",
	  0 },
	{ NULL, 0, NULL, 0, "Looking, without tracing (needs no root):", 2 },
	{ "list", KEY_LIST, NULL, 0,
	  "Print the functions that match and exit; all of them without --func", 0 },
	{ "plan", KEY_PLAN, NULL, 0,
	  "Print where each would be probed, or why it cannot be, and exit", 0 },
	{ "summary", KEY_SUMMARY, NULL, 0,
	  "With --plan: only how many functions would be probed in which way", 0 },
	{ NULL, 0, NULL, 0, "When to report:", 3 },
	{ "duration", KEY_DURATION, "TIME", 0, "End after this time", 0 },
	{ "interval", KEY_INTERVAL, "TIME", 0, "Also report each such interval by itself", 0 },
	{ NULL, 0, NULL, 0, "Output:", 4 },
	{ "format", KEY_FORMAT, "text|json", 0,
	  "json: one object a function and report, a line each", 0 },
	{ "output", KEY_OUTPUT, "FILE", 0, "Write to FILE instead of standard output", 0 },
	{ NULL, 0, NULL, 0, "Kernel interface:", 5 },
	{ "links", KEY_LINKS, "auto|multi|perf", 0,
	  "How probes are attached: by uprobe_multi links (kernel 6.6 and later) or by one perf "
	  "event each",
	  0 },
	{ "no-calibrate", KEY_NO_CALIBRATE, NULL, 0,
	  "Do not measure what a traced call costs, which reports then do not tell", 0 },
	{ "no-ret-emulation", KEY_NO_RET_EMULATION, NULL, 0,
	  "Have the kernel step over RETs, also where the BPF program could do them", 0 },
	{ "ring-size", KEY_RING_SIZE, "SIZE", 0,
	  "Of each CPU's ring buffer, a power of two such as 64K or 4M (8M shared out)", 0 },
	{ "max-in-flight", KEY_MAX_IN_FLIGHT, "N", 0,
	  "Calls that can be in flight at one time (1000000; before Linux 6.1, where the room is "
	  "taken at once, 65536)",
	  0 },
	{ "debug", KEY_DEBUG, NULL, 0, "Print what libbpf has to say", 0 },
	{ NULL, 0, NULL, 0, "About gotraced:", -1 },
	{ 0 },
};

const char *argp_program_version = "gotraced " GOTRACED_VERSION;

static int choice(const struct argp_state *state, const char *option, const char *arg,
		  const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(arg, names[i]) == 0)
			return i;
	argp_error(state, "--%s %s: not one of the values that --help lists", option, arg);
	return 0;
}

static unsigned long number(const struct argp_state *state, const char *option, const char *arg,
			    unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(arg, &end, 10);
	if (arg[0] < '0' || arg[0] > '9' || *end || errno || value == 0 || value > max)
		argp_error(state, "--%s %s: not a number from 1 to %lu", option, arg, max);
	return value;
}

static uint64_t duration(const struct argp_state *state, const char *option, const char *arg)
{
	uint64_t ns = 0;

	if (duration_parse(arg, &ns))
		argp_error(state, "--%s %s: not a time such as 10, 500ms or 2m", option, arg);
	return ns;
}

static double percent(const struct argp_state *state, const char *option, const char *arg)
{
	char *end;
	double value = strtod(arg, &end);

	if (arg[0] < '0' || arg[0] > '9' || strpbrk(arg, "xX") || (*end && strcmp(end, "%") != 0) ||
	    !(value >= 0.01 && value <= 100))
		argp_error(state, "--%s %s: not a percentage from 0.01 to 100", option, arg);
	return value;
}

static uint64_t ring_size(const struct argp_state *state, const char *arg)
{
	uint64_t n_bytes = 0;

	if (bytes_parse(arg, &n_bytes) || n_bytes < MIN_RING_BYTES || n_bytes > MAX_RING_BYTES ||
	    (n_bytes & (n_bytes - 1)))
		argp_error(state, "--ring-size %s: not a power of two from %dK to %dM", arg,
			   MIN_RING_BYTES >> 10, MAX_RING_BYTES >> 20);
	return n_bytes;
}

static void *append(const struct argp_state *state, void *array, size_t n, size_t element_bytes)
{
	void *grown = reallocarray(array, n + 1, element_bytes);

	if (!grown)
		argp_failure(state, EXIT_FAILURE, ENOMEM, "command line");
	return grown;
}

static struct options_program *add_program(const struct argp_state *state, struct options *options)
{
	struct options_program *program;

	options->programs =
		append(state, options->programs, options->n_programs, sizeof(*options->programs));
	program = &options->programs[options->n_programs++];
	*program = (struct options_program){ 0 };
	return program;
}

/* A --func before the only --binary belongs to that, too. */
static void add_binary(const struct argp_state *state, struct options *options, const char *binary)
{
	struct options_program *first = options->programs;

	if (options->n_programs != 1 || first->binary) {
		if (options->n_programs == 1 && first->is_function_first)
			argp_error(state,
				   "with several --binary, the --func of each must follow it");
		first = add_program(state, options);
	}
	first->is_function_first = first->n_patterns > 0;
	first->binary = binary;
}

static void add_function(const struct argp_state *state, struct options *options,
			 const char *pattern)
{
	struct options_program *last = options->n_programs
					       ? &options->programs[options->n_programs - 1]
					       : add_program(state, options);

	last->patterns = append(state, last->patterns, last->n_patterns, sizeof(*last->patterns));
	last->patterns[last->n_patterns++] = pattern;
}

static void check_programs(const struct argp_state *state, struct options *options)
{
	if (options->n_programs == 0)
		add_program(state, options);
	if (!options->programs[0].binary && !options->command && options->n_pids == 0)
		argp_error(state, "no program to trace: give --binary FILE, --pid PID, or a "
				  "command after --");
	for (size_t i = 0; i < options->n_programs && options->action == ACTION_TRACE; i++) {
		const char *binary = options->programs[i].binary;

		if (options->programs[i].n_patterns == 0)
			argp_error(state,
				   "no function to trace%s%s: give --func PATTERN (--list shows "
				   "what there is)",
				   options->n_programs > 1 ? " in " : "",
				   options->n_programs > 1 ? binary : "");
	}
}

static void check(const struct argp_state *state, struct options *options)
{
	check_programs(state, options);
	if (options->command && options->action != ACTION_TRACE)
		argp_error(state, "--list and --plan start no program: give --binary FILE instead "
				  "of a command");
	if (options->command && options->n_pids > 0)
		argp_error(state, "a command after -- and --pid exclude each other");
	if (options->is_uncalibrated && options->max_overhead_percent > 0)
		argp_error(state, "--max-overhead and --no-calibrate exclude each other: what "
				  "tracing costs is known from calibration");
	if (options->duration_ns && options->interval_ns > options->duration_ns)
		argp_error(state, "--interval is longer than --duration");
}

/* The options about the kernel interface. */
static error_t parse_kernel(int key, char *arg, const struct argp_state *state)
{
	static const char *const links[] = {
		[LINKS_AUTO] = "auto", [LINKS_MULTI] = "multi", [LINKS_PERF] = "perf"
	};
	struct options *options = state->input;

	switch (key) {
	case KEY_LINKS:
		options->links = choice(state, "links", arg, links, 3);
		return 0;
	case KEY_MAX_IN_FLIGHT:
		options->max_in_flight = number(state, "max-in-flight", arg, MAX_MAX_IN_FLIGHT);
		return 0;
	case KEY_RING_SIZE:
		options->ring_bytes = ring_size(state, arg);
		return 0;
	case KEY_MAX_OVERHEAD:
		options->max_overhead_percent = percent(state, "max-overhead", arg);
		return 0;
	case KEY_NO_CALIBRATE:
		options->is_uncalibrated = true;
		return 0;
	case KEY_NO_RET_EMULATION:
		options->leaves_ret_alone = true;
		return 0;
	case KEY_DEBUG:
		options->is_debug = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const formats[] = { [FORMAT_TEXT] = "text", [FORMAT_JSON] = "json" };
	struct options *options = state->input;

	switch (key) {
	case KEY_BINARY:
		add_binary(state, options, arg);
		return 0;
	case KEY_FUNC:
		add_function(state, options, arg);
		return 0;
	case KEY_PID:
		options->pids =
			append(state, options->pids, options->n_pids, sizeof(*options->pids));
		options->pids[options->n_pids++] = number(state, "pid", arg, INT32_MAX);
		return 0;
	case KEY_MAX_FUNCTIONS:
		options->max_functions = number(state, "max-functions", arg, COOKIE_MAX_FUNCTIONS);
		return 0;
	case KEY_LIST:
		options->action = ACTION_LIST;
		return 0;
	case KEY_PLAN:
		if (options->action != ACTION_SUMMARY)
			options->action = ACTION_PLAN;
		return 0;
	case KEY_SUMMARY:
		options->action = ACTION_SUMMARY;
		return 0;
	case KEY_DURATION:
		options->duration_ns = duration(state, "duration", arg);
		return 0;
	case KEY_INTERVAL:
		options->interval_ns = duration(state, "interval", arg);
		return 0;
	case KEY_FORMAT:
		options->format = choice(state, "format", arg, formats, 2);
		return 0;
	case KEY_OUTPUT:
		options->output = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (!state->quoted)
			argp_error(state,
				   "unexpected argument '%s': functions are given by --func, a "
				   "command after --",
				   arg);
		options->command = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		check(state, options);
		return 0;
	default:
		return parse_kernel(key, arg, state);
	}
}

void options_init(struct options *options, int argc, char **argv)
{
	static const struct argp argp = { argp_options, parse, "[-- COMMAND [ARG…]]", doc, NULL,
					  NULL,		NULL };

	*options = (struct options){ .max_functions = DEFAULT_MAX_FUNCTIONS };
	argp_err_exit_status = EXIT_USAGE;
	/* Cannot fail: every error path above exits. */
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, options);
}

void options_fini(struct options *options)
{
	for (size_t i = 0; i < options->n_programs; i++)
		free(options->programs[i].patterns);
	free(options->programs);
	free(options->pids);
}
