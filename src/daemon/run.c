/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/run.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/announce.h"
#include "daemon/check.h"
#include "daemon/command.h"
#include "daemon/formats.h"
#include "daemon/loop.h"
#include "daemon/memory.h"
#include "daemon/metrics.h"
#include "daemon/params.h"
#include "daemon/privileges.h"
#include "daemon/progress.h"
#include "daemon/reporting.h"
#include "daemon/say.h"
#include "daemon/show.h"
#include "daemon/signals.h"
#include "daemon/supervisor.h"

enum {
	EXIT_USAGE = 2,
	SITES_GONE_PER_SECOND = 10, /* of perf events */
	MAX_SITES_QUICKLY_GONE = 10,
	EXIT_POLL_US = 10000,
};

static void say_attached(const struct session *session, const struct options *options)
{
	const struct targets *targets = session->targets;

	for (size_t i = 0; i < targets->n; i++)
		for (size_t k = 0; k < targets->at[i]->n_builds; k++) {
			const struct build *build = targets->at[i]->builds[k];

			if (build->plan.n_traced == 0)
				continue;
			announce_attached(build, session->tracer);
			if (!targets->at[i]->is_for_chosen)
				announce_processes(build);
		}
	metrics_announce(session);
	if (!options->duration_ns && !options->command && isatty(STDERR_FILENO))
		say("Ctrl-C reports and ends; kill -USR1 %d reports in between", getpid());
}

static void say_end(const struct command *command, const struct options *options, enum loop_end end)
{
	int status;

	if (!command->pid) {
		if (end == LOOP_PROCESSES_ENDED)
			say("every process that was traced has ended");
		return;
	}
	if (end != LOOP_PROCESSES_ENDED) {
		say("ending %s (process %d) with SIGTERM", options->command[0], command->pid);
		kill(command->pid, SIGTERM);
	} else if (waitpid(command->pid, &status, 0) != command->pid) {
		return;
	} else if (WIFSIGNALED(status)) {
		say("%s was ended by signal %d (%s)", options->command[0], WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	} else {
		say("%s exited with status %d", options->command[0], WEXITSTATUS(status));
	}
}

/*
 * Perf events go slowly, one after the other. Nobody needs to wait for that: another process, which
 * has all their file descriptors, stays until they are gone.
 */
static void detach_in_background(struct session *session, size_t n_sites)
{
	pid_t parent = getpid(), pid = fork();
	sigset_t none;

	if (pid < 0)
		return;
	if (pid > 0) {
		say("the probes count no more; process %d takes the %zu of them away, which takes "
		    "some %zu s",
		    pid, n_sites, n_sites / SITES_GONE_PER_SECOND);
		tracer_hand_over(session->tracer);
		return;
	}
	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		close(fd);
	/* Whoever reads it waits for its end. */
	close(session->output->fd);
	/* While it lasts, the process that made the events would wait for each of them. */
	while (getppid() == parent)
		usleep(EXIT_POLL_US);
	tracer_close(session->tracer);
	_exit(EXIT_SUCCESS);
}

static int finish(struct session *session, struct reason *why)
{
	size_t n_sites = targets_n_sites(session->targets);
	bool is_slow = tracer_link_kind(session->tracer) == LINK_PERF &&
		       (n_sites > MAX_SITES_QUICKLY_GONE || tracer_is_detaching(session->tracer));
	int err;

	progress_begin("taking %zu probes away", n_sites);
	err = reporting_finish(session, !is_slow, why);
	progress_end();
	if (is_slow)
		detach_in_background(session, n_sites);
	return err;
}

static int attach(struct session *session, const struct options *options,
		  const struct command *command, struct reason *why)
{
	int err = 0;

	for (size_t i = 0; i < options->n_targets && !err; i++)
		err = targets_check_processes(session->targets, &options->targets[i], why);
	if (!err && command->pid)
		err = tracer_add_process(session->tracer, command->pid, why);
	if (!err && !options->is_uncalibrated)
		err = session_calibrate(session, why);
	if (err)
		return err;
	progress_begin("attaching %zu probes", targets_n_sites(session->targets));
	err = session_attach(session, why);
	progress_end();
	return err;
}

static int trace(struct session *session, struct options *options, struct command *command,
		 const char *path, struct reason *why)
{
	const struct options_target *first = &options->targets[0];
	struct loop_params params = {
		.options = options,
		.pids = command->pid ? &command->pid : first->pids,
		/* A service goes on, whatever else it may be about then. */
		.n_pids = command->pid	    ? 1
			  : options->config ? 0
					    : first->n_pids,
		.terminal = options->is_live ? &session->output->terminal : NULL,
	};
	enum loop_end end = LOOP_INTERRUPTED;
	int err = attach(session, options, command, why);

	if (err)
		return err;
	signals_block_ending();
	say_attached(session, options);
	session->has_intervals = options_have_intervals(options);
	session->ends_unheard = !options->config && !options->listen;
	/* A command may have become another user's: to end it takes rights. */
	if (!command->pid)
		privileges_reduce(tracer_link_kind(session->tracer) == LINK_PERF,
				  options->config || targets_are_followed(session->targets));
	session_start(session);
	supervisor_ready(session);
	if (command->pid) {
		err = command_release(command, path, why);
		if (err)
			return err;
	}
	err = loop_run(session, &params, &end, why);
	/* Somebody may be paging through the reports. A service has to end, though. */
	session->output->is_patient = !options->config;
	supervisor_stopping();
	metrics_serve(session, NULL, why);
	if (err)
		end = LOOP_INTERRUPTED;
	else
		err = finish(session, why);
	say_end(command, options, end);
	return err;
}

/* Perf events take a file descriptor each; what may be raised without rights is raised. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Does a target wait, so that there may be nothing to trace yet? */
static bool does_any_wait(const struct options *options)
{
	for (size_t i = 0; i < options->n_targets; i++)
		if (options->targets[i].waits)
			return true;
	return false;
}

static void announce_all_refusals(const struct targets *targets)
{
	for (size_t i = 0; i < targets->n; i++)
		for (size_t k = 0; k < targets->at[i]->n_builds; k++)
			announce_refusals(targets->at[i]->builds[k]);
}

static void say_room(const struct tracer *tracer)
{
	uint64_t room = tracer_reduced_room(tracer);

	if (room)
		say_warning(
			"there is memory for %lu MB in all: room is made for %lu calls in flight, "
			"and more are counted as not started",
			memory_allowed() >> 20, room);
}

static int trace_targets(struct options *options, struct targets *targets, struct output *output,
			 struct reason *why)
{
	const struct tracer_params params = params_make(options, targets);
	struct command command = { 0 };
	struct session session;
	char *path = NULL;
	int err = 0;

	announce_all_refusals(targets);
	if (targets_n_traced(targets) == 0 && !does_any_wait(options))
		return reason_set(why, -EINVAL, "none of the functions can be traced");
	progress_begin("loading the BPF programs");
	err = session_init(&session, targets, output, &params, why);
	progress_end();
	if (err)
		return err;
	say_room(session.tracer);
	session.buckets = &options->buckets;
	session.by = options->calls.by.text;
	session.stats.is_split = session.by;
	if (params.details.are_given)
		err = details_new(&session.details, &options->calls, params.n_functions, why);
	if (!err)
		err = metrics_serve(&session, options->listen, why);
	if (!err && options->command)
		err = command_find(options->command[0], &path, why);
	if (!err && path)
		err = command_hold(&command, path, options->command, options->is_live, why);
	/* Only now, so that a command has the limit that it would have without us. */
	raise_file_limit();
	if (!err)
		err = trace(&session, options, &command, path, why);
	command_fini(&command);
	session_fini(&session);
	free(path);
	return err;
}

static int print_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	return vfprintf(stderr, format, args);
}

static int act(struct options *options, struct targets *targets, struct reason *why)
{
	struct output output;
	int err;

	/* What a file of a service's holds already is kept, across its restarts. */
	err = formats_check(options->format, why);
	if (!err)
		err = output_init(&output, options->output, options->config,
				  formats[options->format], why);
	if (err)
		return err;
	if (options->is_live)
		err = terminal_open(&output.terminal, why);
	if (!err)
		err = options->action == ACTION_TRACE
			      ? trace_targets(options, targets, &output, why)
			      : show(options, targets, &output, why);
	output_fini(&output);
	return err;
}

int run(struct options *options)
{
	struct targets targets;
	struct reason why;
	int err;

	if (params_check_memory(options, &why)) {
		say_error("%s", why.text);
		return EXIT_USAGE;
	}
	if (options->is_live && !isatty(STDOUT_FILENO)) {
		say_error("--live shows a screen, which needs a terminal as standard output");
		return EXIT_USAGE;
	}
	libbpf_set_print(options->is_debug ? print_libbpf : NULL);
	signal(SIGPIPE, SIG_IGN);
	signals_block(options->is_live);
	if (options->action == ACTION_CHECK)
		return check(options) ? EXIT_FAILURE : EXIT_SUCCESS;
	progress_begin("reading the programs, and planning where to probe them");
	err = targets_init(&targets, options, &why);
	progress_end();
	if (!err) {
		err = act(options, &targets, &why);
		targets_fini(&targets);
	}
	if (err)
		say_error("%s", why.text);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
