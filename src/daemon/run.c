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

#include "daemon/command.h"
#include "daemon/loop.h"
#include "daemon/processes.h"
#include "daemon/say.h"
#include "daemon/session.h"
#include "daemon/target.h"

enum {
	MAX_FUNCTIONS_NAMED = 12,
	MAX_PROCESSES_NAMED = 8,
	MAX_SITES_QUICKLY_GONE = 20, /* a perf event can take a tenth of a second to go */
};

static const struct report_format *const formats[] = {
	[FORMAT_TEXT] = &report_text,
	[FORMAT_JSON] = &report_json,
};

static const enum link_kind link_kinds[] = {
	[LINKS_AUTO] = LINK_AUTO,
	[LINKS_MULTI] = LINK_MULTI,
	[LINKS_PERF] = LINK_PERF,
};

/*
 * The program to trace, for the caller to free: as named, else the command's, else that of the
 * first process.
 */
static int find_binary(const struct options *options, char **ret, struct reason *why)
{
	int n;

	if (!options->binary && options->command)
		return command_find(options->command[0], ret, why);
	if (!options->binary && !process_of(options->pids[0]))
		return reason_set(why, -ESRCH, "there is no process %d", options->pids[0]);
	if (options->binary)
		n = asprintf(ret, "%s", options->binary);
	else
		n = asprintf(ret, "/proc/%d/exe", options->pids[0]);
	return n < 0 ? reason_set(why, -ENOMEM, "out of memory") : 0;
}

static int show(const struct options *options, const struct target *target, struct output *output,
		struct reason *why)
{
	const struct report_format *format = output->format;
	int err;

	err = (options->action == ACTION_LIST ? format->list : format->plan)(output->to,
									     &target->plan);
	return err ? reason_set(why, err, "out of memory") : output_flush(output, why);
}

static void say_refusals(const struct plan *plan)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n_functions; i++) {
		const struct plan_function *planned = &plan->functions[i];

		/* What an ABI wrapper wraps has its name, and is traced. */
		if (!planned->refusal || planned->is_abi_wrapper)
			continue;
		if (n++ < MAX_FUNCTIONS_NAMED)
			say("not traced: %s: %s", planned->function->name, planned->refusal);
	}
	if (n > MAX_FUNCTIONS_NAMED)
		say("not traced: %zu more functions; --plan tells why", n - MAX_FUNCTIONS_NAMED);
}

static void say_processes(const struct target *target, const struct options *options)
{
	char names[MAX_PROCESSES_NAMED * 12 + 8] = "";
	pid_t pids[MAX_PROCESSES_NAMED];
	size_t n;

	if (options->n_pids || options->command)
		return;
	n = processes_running(target->binary->elf->fd, pids, MAX_PROCESSES_NAMED);
	if (n == 0) {
		say("no process runs it now; those that start are traced from their first call");
		return;
	}
	for (size_t i = 0, at = 0; i < n && i < MAX_PROCESSES_NAMED; i++)
		at += snprintf(names + at, sizeof(names) - at, "%s%d", i ? ", " : "", pids[i]);
	say("%zu process%s it now: %s%s", n, n == 1 ? " runs" : "es run", names,
	    n > MAX_PROCESSES_NAMED ? ", ..." : "");
}

static void say_planned(const struct plan_function *planned)
{
	size_t n_returns = planned->n_returns + planned->tail.n_returns;

	say("  %s: entry at its %s, %zu return%s%s", planned->function->name,
	    planned->entry_kind == ENTRY_FIRST ? "first instruction"
					       : entry_kind_name(planned->entry_kind),
	    n_returns, n_returns == 1 ? "" : "s",
	    planned->n_returns ? "" : ", of what it jumps to");
	if (planned->n_inlined)
		say("    not all of its calls are seen: it was also inlined, in %zu place%s",
		    planned->n_inlined, planned->n_inlined == 1 ? "" : "s");
}

static void say_attached(const struct session *session, const struct options *options)
{
	const struct target *target = session->target;
	const struct plan *plan = &target->plan;
	size_t n_named = 0;

	say("tracing %zu function%s of %s (%s%s): %zu entr%s, %zu return sites, by %s",
	    plan->n_traced, plan->n_traced == 1 ? "" : "s", target->binary->elf->path,
	    target->binary->version.text,
	    target->binary->symtab.symbols.n_bytes ? "" : ", stripped", plan->n_traced,
	    plan->n_traced == 1 ? "y" : "ies", plan->n_returns,
	    tracer_link_kind(session->tracer) == LINK_MULTI ? "uprobe_multi links" : "perf events");
	for (size_t i = 0; i < plan->n_functions && n_named < MAX_FUNCTIONS_NAMED; i++) {
		const struct plan_function *planned = &plan->functions[i];

		if (planned->refusal)
			continue;
		say_planned(planned);
		n_named++;
	}
	if (plan->n_traced > n_named)
		say("  and %zu more", plan->n_traced - n_named);
	if (target->binary->version.minor > RUNTIME_LAYOUT_NEWEST_MINOR)
		say("%s is newer than gotraced knows; taking it to be like go1.%d",
		    target->binary->version.text, RUNTIME_LAYOUT_NEWEST_MINOR);
	say_processes(target, options);
	if (!options->duration_ns && !options->command && isatty(STDERR_FILENO))
		say("Ctrl-C reports and ends; kill -USR1 %d reports in between", getpid());
}

static int add_process(struct session *session, pid_t pid, struct reason *why)
{
	const struct elf_file *elf = session->target->binary->elf;
	pid_t process = process_of(pid);

	if (!process)
		return reason_set(why, -ESRCH, "there is no process %d", pid);
	if (process != pid)
		return reason_set(why, -EINVAL, "%d is a thread of process %d: give that", pid,
				  process);
	if (!process_runs(pid, elf->fd))
		return reason_set(why, -EINVAL, "process %d does not run %s", pid, elf->path);
	return tracer_add_process(session->tracer, pid, why);
}

/*
 * Which processes are traced: those named, or the one that was started if its program is; else all.
 */
static int choose_processes(struct session *session, const struct options *options,
			    const struct command *command, struct reason *why)
{
	int err = 0;

	for (size_t i = 0; i < options->n_pids && !err; i++)
		err = add_process(session, options->pids[i], why);
	if (command->pid && !options->binary)
		err = tracer_add_process(session->tracer, command->pid, why);
	return err;
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

static int finish(struct session *session, struct reason *why)
{
	size_t n_sites = plan_n_sites(&session->target->plan);

	if (tracer_link_kind(session->tracer) == LINK_PERF && n_sites > MAX_SITES_QUICKLY_GONE)
		say("taking away %zu probes; a second Ctrl-C ends at once", n_sites);
	return session_finish(session, why);
}

static int trace(struct session *session, const struct options *options, struct command *command,
		 const char *path, struct reason *why)
{
	struct loop_params params = {
		.interval_ns = options->interval_ns,
		.duration_ns = options->duration_ns,
		.pids = command->pid ? &command->pid : options->pids,
		.n_pids = command->pid ? 1 : options->n_pids,
	};
	enum loop_end end = LOOP_INTERRUPTED;
	int err;

	err = choose_processes(session, options, command, why);
	if (!err)
		err = session_attach(session, why);
	if (err)
		return err;
	say_attached(session, options);
	if (command->pid) {
		err = command_release(command, path, why);
		if (err)
			return err;
	}
	session->has_intervals = options->interval_ns != 0;
	session_start(session);
	err = loop_run(session, &params, &end, why);
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

static int trace_target(const struct options *options, const struct target *target,
			struct output *output, struct reason *why)
{
	struct tracer_params params = {
		.n_functions = target->plan.n_traced,
		.link_kind = link_kinds[options->links],
		.is_filtered_by_process =
			options->n_pids > 0 || (options->command && !options->binary),
	};
	struct command command = { 0 };
	struct session session;
	char *path = NULL;
	int err = 0;

	say_refusals(&target->plan);
	if (target->plan.n_traced == 0)
		return reason_set(why, -EINVAL, "none of the functions can be traced");
	err = session_init(&session, target, output, &params, why);
	if (err)
		return err;
	if (options->command)
		err = command_find(options->command[0], &path, why);
	if (!err && path)
		err = command_hold(&command, path, options->command, why);
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

int run(const struct options *options)
{
	size_t max_functions = options->action == ACTION_TRACE ? options->max_functions : SIZE_MAX;
	struct output output = { 0 };
	struct target target;
	struct reason why;
	char *path = NULL;
	int err;

	libbpf_set_print(options->is_debug ? print_libbpf : NULL);
	signal(SIGPIPE, SIG_IGN);
	loop_block_reports();
	err = find_binary(options, &path, &why);
	if (!err)
		err = target_init(&target, path, options->patterns, options->n_patterns,
				  max_functions, &why);
	if (err)
		goto out;
	err = output_init(&output, options->output, formats[options->format], &why);
	if (!err && options->action == ACTION_TRACE) {
		err = trace_target(options, &target, &output, &why);
	} else if (!err) {
		err = show(options, &target, &output, &why);
	}
	output_fini(&output);
	target_fini(&target);
out:
	if (err)
		say("%s", why.text);
	free(path);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
