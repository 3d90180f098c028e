/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/buckets.h"
#include "cli/command_line.h"
#include "cli/config.h"
#include "cli/label.h"

enum {
	EXIT_USAGE = 2,
	DEFAULT_MAX_FUNCTIONS = 1000,
};

struct options_target *options_add_target(struct options *options)
{
	struct options_target *grown =
		reallocarray(options->targets, options->n_targets + 1, sizeof(*grown));

	if (!grown)
		return NULL;
	options->targets = grown;
	grown[options->n_targets] = (struct options_target){ 0 };
	return &grown[options->n_targets++];
}

struct options_target *options_last_target(struct options *options)
{
	return options->n_targets ? &options->targets[options->n_targets - 1]
				  : options_add_target(options);
}

static void target_fini(struct options_target *target)
{
	free(target->name);
	free(target->binary);
	for (size_t i = 0; i < target->n_patterns; i++)
		free(target->patterns[i]);
	free(target->patterns);
	free(target->pids);
	for (size_t i = 0; i < target->n_labels; i++)
		label_fini(&target->labels[i]);
	free(target->labels);
}

/* A target of the file lacks something. */
static int lacks(const struct options *options, const struct options_target *target,
		 const char *what, struct reason *why)
{
	return reason_set(why, -EINVAL, "%s:%d: target %s has no %s", options->config, target->line,
			  target->name, what);
}

static bool needs_functions(enum options_action action)
{
	return action == ACTION_TRACE || action == ACTION_CHECK || action == ACTION_EMIT;
}

static int check_target(const struct options *options, const struct options_target *target,
			struct reason *why)
{
	bool has_program =
		target->binary || target->n_pids > 0 || (options->command && !target->line);
	bool has_functions = target->n_patterns > 0 || !needs_functions(options->action);
	bool is_one_of_several = options->n_targets > 1 && target->binary;

	if (target->n_pids > 0 && target->waits)
		return reason_set(why, -EINVAL,
				  "%s: what is traced by --pid is there: it cannot "
				  "be waited for",
				  target->name ? target->name : "--wait");
	if (target->line && !has_program)
		return lacks(options, target, "binary, and no pid", why);
	if (target->line && !has_functions)
		return lacks(options, target, "func", why);
	if (!has_program)
		return reason_set(why, -EINVAL,
				  "no program to trace: give --binary FILE, --pid "
				  "PID, or a command after --");
	if (!has_functions)
		return reason_set(why, -EINVAL,
				  "no function to trace%s%s: give --func PATTERN "
				  "(--list shows what there is)",
				  is_one_of_several ? " in " : "",
				  is_one_of_several ? target->binary : "");
	return 0;
}

static int check_output(const struct options *options, struct reason *why)
{
	if (options->duration_ns && options->interval_ns > options->duration_ns)
		return reason_set(why, -EINVAL, "--interval is longer than --duration");
	if (options->is_cumulative && !options->interval_ns)
		return reason_set(why, -EINVAL,
				  "--cumulative says what is reported at each "
				  "--interval: give that, too");
	if (options->is_cumulative && options->format == FORMAT_HLOG)
		return reason_set(why, -EINVAL,
				  "--cumulative and --format hlog exclude each other: whoever "
				  "reads that log adds its intervals up");
	if (options->format == FORMAT_JOURNAL && options->output)
		return reason_set(why, -EINVAL,
				  "--format journal and --output exclude each other: "
				  "the journal is where that goes");
	if (options->format >= FORMAT_HLOG && options->action != ACTION_TRACE &&
	    options->action != ACTION_CHECK && options->action != ACTION_EMIT)
		return reason_set(why, -EINVAL, "--list and --plan print text or json");
	if (options->format != FORMAT_TEXT && options->action == ACTION_EMIT)
		return reason_set(why, -EINVAL,
				  "--emit prints a script: it goes with no --format but text");
	return 0;
}

/* The screen is where reports would go. */
static int check_live(const struct options *options, struct reason *why)
{
	if (!options->is_live)
		return 0;
	if (options->action != ACTION_TRACE)
		return reason_set(why, -EINVAL,
				  "--live shows what is being traced, which --list, --plan, --emit "
				  "and --check-config do not do");
	if (options->output)
		return reason_set(why, -EINVAL,
				  "--live and --output exclude each other: the screen is "
				  "on the terminal, and so is the report after it");
	if (options->format != FORMAT_TEXT)
		return reason_set(why, -EINVAL, "--live goes with no --format but text");
	if (options->is_cumulative)
		return reason_set(why, -EINVAL,
				  "--live and --cumulative exclude each other: the key t chooses "
				  "what the screen shows");
	return 0;
}

static int check_calls(const struct options *options, struct reason *why)
{
	const struct options_calls *calls = &options->calls;

	if (calls->have_stacks && !calls->are_printed)
		return reason_set(why, -EINVAL,
				  "--stack goes with --calls, which --graph and --chrome do not "
				  "print");
	if (!calls->are_printed && !calls->have_graph)
		return 0;
	if (options->is_live)
		return reason_set(why, -EINVAL,
				  "--live and %s exclude each other: the screen has no room "
				  "for single calls",
				  calls->are_printed ? "--calls" : "--graph");
	if (options->format >= FORMAT_HLOG)
		return reason_set(why, -EINVAL, "single calls are printed as text or json only");
	return 0;
}

static int check(const struct options *options, struct reason *why)
{
	int err = 0;

	if (options->action == ACTION_CHECK && !options->config)
		return reason_set(why, -EINVAL, "--check-config checks what --config FILE names");
	if (options->n_targets == 0)
		return reason_set(why, -EINVAL, "%s: there is no [target NAME] in it",
				  options->config);
	for (size_t i = 0; i < options->n_targets && !err; i++)
		err = check_target(options, &options->targets[i], why);
	if (err)
		return err;
	if (options->command && options->action != ACTION_TRACE)
		return reason_set(why, -EINVAL,
				  "--list, --plan and --emit start no program: give --binary "
				  "FILE instead of a command");
	if (options->command && options->targets[0].n_pids > 0)
		return reason_set(why, -EINVAL, "a command after -- and --pid exclude each other");
	if (options->is_uncalibrated && options->max_overhead_percent > 0)
		return reason_set(why, -EINVAL,
				  "--max-overhead and --no-calibrate exclude each other: what "
				  "tracing costs is known from calibration");
	err = check_live(options, why);
	if (!err)
		err = check_calls(options, why);
	return err ? err : check_output(options, why);
}

/* Exits where the command line by itself is wrong. */
static int read_all(struct options *options, int argc, char **argv, options_complain *complain)
{
	struct reason why;
	int err = 0;

	*options = (struct options){
		.max_functions = DEFAULT_MAX_FUNCTIONS,
		.calls.max_lines = CALLS_MAX_LINES,
		.argc = argc,
		.argv = argv,
	};
	command_line_parse(options);
	if (options->config && config_read(options, options->config, complain))
		return -EINVAL;
	calls_conclude(&options->calls);
	if (!options->buckets.n && buckets_default(&options->buckets))
		err = reason_set(&why, -ENOMEM, "out of memory");
	if (!err)
		err = check(options, &why);
	if (err)
		complain("%s", why.text);
	return err;
}

static void say_wrong(const char *format, ...)
{
	va_list args;

	fputs("gotraced: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void options_init(struct options *options, int argc, char **argv)
{
	if (!read_all(options, argc, argv, say_wrong))
		return;
	if (!options->config)
		fputs("Try `gotraced --help' or `gotraced --usage' for more information.\n",
		      stderr);
	options_fini(options);
	exit(EXIT_USAGE);
}

int options_reread(const struct options *options, struct options *ret, options_complain *complain)
{
	struct options fresh;

	if (read_all(&fresh, options->argc, options->argv, complain)) {
		options_fini(&fresh);
		return -EINVAL;
	}
	*ret = fresh;
	return 0;
}

bool options_have_intervals(const struct options *options)
{
	return options->interval_ns && !options->is_cumulative && !options->is_live;
}

void options_fini(struct options *options)
{
	for (size_t i = 0; i < options->n_targets; i++)
		target_fini(&options->targets[i]);
	free(options->targets);
	free(options->output);
	free(options->listen);
	free(options->buckets.ns);
	calls_fini(&options->calls);
	*options = (struct options){ 0 };
}
