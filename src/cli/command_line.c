/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/command_line.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/setting.h"

enum { EXIT_USAGE = 2 };

/* What is no setting, or has a short form too; other settings have KEY_SETTING and up. */
enum key {
	KEY_BINARY = 'b',
	KEY_FUNC = 'f',
	KEY_PID = 'p',
	KEY_DURATION = 'd',
	KEY_INTERVAL = 'i',
	KEY_OUTPUT = 'o',
	KEY_CONFIG = 'c',
	KEY_LIST = 'l',
	KEY_PLAN = 0x100,
	KEY_SUMMARY,
	KEY_EMIT,
	KEY_CHECK_CONFIG,
	KEY_LIVE,
	KEY_SETTING,
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
	"SIGUSR1 prints a report and goes on, SIGUSR2 prints one and begins all figures anew; "
	"SIGHUP reads the configuration again and opens the output anew; Ctrl-C and SIGTERM print "
	"the last report and end.\n"
	"Exit status: 0 done, 1 failed, 2 wrong usage.\n"
	"The manual page, gotraced(1), says more.\n"
	"\n"
	"Examples:\n"
	"  gotraced --binary /usr/bin/nomad --func main.handle\n"
	"  gotraced --pid 4711 --func 'net/http.(*conn).serve' --interval 10\n"
	"  gotraced --func 'main.*' -- ./server -port 8080\n"
	"  gotraced --binary ./server --func '/ServeHTTP$/' --plan\n"
	"  gotraced --config /etc/gotraced/server.conf --check-config";

static const struct argp_option argp_options[] = {
	{ NULL, 0, NULL, 0, "What to trace:", 1 },
	{ "binary", KEY_BINARY, "FILE", 0,
	  "The Go program; all processes that run it are traced, and those of builds that take its "
	  "place. May be repeated, each with the --func that follow it, and may be a glob",
	  0 },
	{ "func", KEY_FUNC, "PATTERN", 0, "Functions to trace; may be repeated", 0 },
	{ "pid", KEY_PID, "PID", 0,
	  "Only this process; may be repeated. Without --binary, the program that it runs, in a "
	  "container or replaced since, too",
	  0 },
	{ "wait", KEY_SETTING + SETTING_WAIT, NULL, 0,
	  "Wait for a program or function that is not there yet", 0 },
	{ "config", KEY_CONFIG, "FILE", 0, "Read what to trace, and how, from this file", 0 },
	{ NULL, 0, NULL, 0, "Looking, without tracing (needs no root):", 2 },
	{ "list", KEY_LIST, NULL, 0,
	  "Print the functions that match and exit; all of them without --func", 0 },
	{ "plan", KEY_PLAN, NULL, 0,
	  "Print where each would be probed, or why it cannot be, and exit", 0 },
	{ "summary", KEY_SUMMARY, NULL, 0,
	  "With --plan: only how many functions would be probed in which way", 0 },
	{ "emit", KEY_EMIT, "bpftrace|bpftrace-skeleton", 0,
	  "Print a script that has bpftrace probe the same places, to make histograms or for you "
	  "to fill in, and exit",
	  0 },
	{ "check-config", KEY_CHECK_CONFIG, NULL, 0,
	  "Say what --config FILE would do, or what is wrong with it, and exit", 0 },
	{ NULL, 0, NULL, 0, "When to report:", 3 },
	{ "duration", KEY_DURATION, "TIME", 0, "End after this time", 0 },
	{ "interval", KEY_INTERVAL, "TIME", 0, "Also report each such interval by itself", 0 },
	{ "cumulative", KEY_SETTING + SETTING_CUMULATIVE, NULL, 0,
	  "At each --interval, report all so far instead", 0 },
	{ NULL, 0, NULL, 0, "Output:", 4 },
	{ "live", KEY_LIVE, NULL, 0,
	  "Show a table of all functions on the terminal, refreshed each second or --interval; h "
	  "shows its keys. The report of all follows at the end. A command after -- gets no "
	  "terminal",
	  0 },
	{ "format", KEY_SETTING + SETTING_FORMAT, "text|json|hlog|journal", 0,
	  "json: one object a function and report, a line each; hlog: HdrHistogram's log; journal: "
	  "the systemd journal, with fields",
	  0 },
	{ "output", KEY_OUTPUT, "FILE", 0, "Write to FILE instead of standard output", 0 },
	{ "label", KEY_SETTING + SETTING_LABEL, "NAME=VALUE", 0,
	  "Add this to what is reported of the program; may be repeated", 0 },
	{ "listen", KEY_SETTING + SETTING_LISTEN, "[ADDRESS:]PORT|PATH", 0,
	  "Serve OpenMetrics by HTTP at /metrics, on the loopback address unless another is given, "
	  "or on a Unix socket",
	  0 },
	{ "buckets", KEY_SETTING + SETTING_BUCKETS, "TIME,...", 0,
	  "For --listen: upper bounds of the buckets (powers of two from 1 µs to 64 s)", 0 },
	{ NULL, 0, NULL, 0, "Single calls:", 5 },
	{ "calls", KEY_SETTING + SETTING_CALLS, NULL, 0,
	  "Print each call that ends, with its arguments and results", 0 },
	{ "show", KEY_SETTING + SETTING_SHOW, "EXPR,...", 0,
	  "Print these values of each call instead: n, p.X, r.URL.Path, xs[0], len(xs), *q, err, "
	  "ret0; or, without DWARF, rax:int, rbx+rcx:string, stack+8:int, ret.rax+rbx:error",
	  0 },
	{ "where", KEY_SETTING + SETTING_WHERE, "EXPR OP VALUE", 0,
	  "Count and print only calls of which this is so: 'n > 100', 'name == \"x\"', 'path ^= "
	  "\"/api/\"', 'err != nil', 'd >= 10ms'; several with &&, or repeated",
	  0 },
	{ "slower-than", KEY_SETTING + SETTING_SLOWER_THAN, "TIME", 0,
	  "Print only calls that take at least this; of trees, those whose outermost call does",
	  0 },
	{ "max-lines", KEY_SETTING + SETTING_MAX_LINES, "N", 0,
	  "Print no more calls a second than this (1000); all count all the same", 0 },
	{ "types", KEY_SETTING + SETTING_TYPES, "FILE", 0,
	  "For a program without DWARF: take the names and types of parameters and results from "
	  "this one, which has the same functions and was built by the same version of Go",
	  0 },
	{ "stack", KEY_SETTING + SETTING_STACK, NULL, 0,
	  "Print with each call from where it was called: functions, files and lines", 0 },
	{ "stacks", KEY_SETTING + SETTING_STACKS, "FILE", 0,
	  "Write at the end to FILE, for each stack, the time of all calls from there in ns, as "
	  "tools that draw flame graphs read it; FILE.calls has how many calls",
	  0 },
	{ "graph", KEY_SETTING + SETTING_GRAPH, NULL, 0,
	  "Print calls with the traced calls within them, as trees with durations; and at the end, "
	  "which function called which",
	  0 },
	{ "chrome", KEY_SETTING + SETTING_CHROME, "FILE", 0,
	  "Write what --graph prints to FILE, as a trace that Perfetto and Chrome open: a track "
	  "for each goroutine",
	  0 },
	{ "by", KEY_SETTING + SETTING_BY, "EXPR", 0,
	  "Tell calls apart by this value: figures of each, of those that took the most time", 0 },
	{ NULL, 0, NULL, 0, "Limits:", 6 },
	{ "max-functions", KEY_SETTING + SETTING_MAX_FUNCTIONS, "N", 0,
	  "Refuse to trace more functions than this (1000)", 0 },
	{ "max-overhead", KEY_SETTING + SETTING_MAX_OVERHEAD, "PERCENT", 0,
	  "Detach the functions that cost most while tracing takes more than this of one CPU from "
	  "a process (no limit, but a warning above 10)",
	  0 },
	{ "max-in-flight", KEY_SETTING + SETTING_MAX_IN_FLIGHT, "N", 0,
	  "Calls that can be in flight at one time (1000000; before Linux 6.1, where the room is "
	  "taken at once, 65536)",
	  0 },
	{ "ring-size", KEY_SETTING + SETTING_RING_SIZE, "SIZE", 0,
	  "Size of each CPU's ring buffer, a power of two such as 64K or 4M (8M shared out among "
	  "them)",
	  0 },
	{ NULL, 0, NULL, 0, "Kernel interface:", 7 },
	{ "links", KEY_SETTING + SETTING_LINKS, "auto|multi|perf", 0,
	  "How probes are attached: by uprobe_multi links (kernel 6.6 and later) or by one perf "
	  "event each",
	  0 },
	{ "no-calibrate", KEY_SETTING + SETTING_NO_CALIBRATE, NULL, 0,
	  "Do not measure what a traced call costs, which reports then do not tell", 0 },
	{ "no-ret-emulation", KEY_SETTING + SETTING_NO_RET_EMULATION, NULL, 0,
	  "Have the kernel step over RETs, also where the BPF program could do them", 0 },
	{ "debug", KEY_SETTING + SETTING_DEBUG, NULL, 0, "Print what libbpf has to say", 0 },
	{ NULL, 0, NULL, 0, "About gotraced:", -1 },
	{ 0 },
};

const char *argp_program_version = "gotraced " GOTRACED_VERSION;

/* What argp works on. */
struct parsing {
	struct options *options;
	struct options_target processes; /* those of --pid, which hold for all targets */
};

static enum setting_id setting_of(int key)
{
	switch (key) {
	case KEY_BINARY:
		return SETTING_BINARY;
	case KEY_FUNC:
		return SETTING_FUNC;
	case KEY_DURATION:
		return SETTING_DURATION;
	case KEY_INTERVAL:
		return SETTING_INTERVAL;
	case KEY_OUTPUT:
		return SETTING_OUTPUT;
	default:
		return key >= KEY_SETTING ? key - KEY_SETTING : N_SETTINGS;
	}
}

static error_t parse_setting(int key, const char *arg, const struct argp_state *state)
{
	struct parsing *parsing = state->input;
	enum setting_id id = setting_of(key);
	const struct setting *setting;
	struct reason why;

	if (id >= N_SETTINGS)
		return ARGP_ERR_UNKNOWN;
	setting = setting_at(id);
	if (setting->set(parsing->options, arg, &why))
		argp_error(state, "--%s %s: %s", setting->name, arg, why.text);
	parsing->options->given |= setting_bit(setting);
	return 0;
}

/* Those of --pid; set where all targets of the command line are known. */
static void add_process(struct parsing *parsing, const char *arg, const struct argp_state *state)
{
	struct options processes = { .targets = &parsing->processes, .n_targets = 1 };
	struct reason why;

	if (setting_at(SETTING_PID)->set(&processes, arg, &why))
		argp_error(state, "--pid %s: %s", arg, why.text);
}

static void end_targets(struct parsing *parsing, const struct argp_state *state)
{
	struct options *options = parsing->options;
	const struct options_target *processes = &parsing->processes;
	size_t n_bytes = processes->n_pids * sizeof(*processes->pids);

	if (options->n_targets == 0 && (options->command || processes->n_pids || !options->config))
		options_add_target(options);
	for (size_t i = 0; i < options->n_targets && n_bytes; i++) {
		struct options_target *target = &options->targets[i];

		target->pids = malloc(n_bytes);
		if (!target->pids)
			argp_failure(state, EXIT_FAILURE, ENOMEM, "command line");
		memcpy(target->pids, processes->pids, n_bytes);
		target->n_pids = processes->n_pids;
	}
	free(processes->pids);
}

static void parse_emit(struct options *options, const char *what, const struct argp_state *state)
{
	options->action = ACTION_EMIT;
	options->is_skeleton = strcmp(what, "bpftrace-skeleton") == 0;
	if (!options->is_skeleton && strcmp(what, "bpftrace") != 0)
		argp_error(state, "--emit %s: it is bpftrace or bpftrace-skeleton", what);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct parsing *parsing = state->input;
	struct options *options = parsing->options;

	switch (key) {
	case KEY_PID:
		add_process(parsing, arg, state);
		return 0;
	case KEY_CONFIG:
		options->config = arg;
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
	case KEY_EMIT:
		parse_emit(options, arg, state);
		return 0;
	case KEY_LIVE:
		options->is_live = true;
		return 0;
	case KEY_CHECK_CONFIG:
		options->action = ACTION_CHECK;
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
		end_targets(parsing, state);
		return 0;
	default:
		return parse_setting(key, arg, state);
	}
}

void command_line_parse(struct options *options)
{
	static const struct argp argp = { argp_options, parse, "[-- COMMAND [ARG…]]", doc, NULL,
					  NULL,		NULL };
	struct parsing parsing = { .options = options };

	argp_err_exit_status = EXIT_USAGE;
	/* Cannot fail: every error path exits. */
	argp_parse(&argp, options->argc, options->argv, ARGP_IN_ORDER, NULL, &parsing);
}
