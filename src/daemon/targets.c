/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/targets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/command.h"
#include "daemon/processes.h"

/* Probes on one file from two plans would take each other's calls for something else. */
static const struct target *find_same(const struct targets *targets, const struct target *target)
{
	for (size_t i = 0; i < targets->n; i++)
		if (&targets->at[i] != target && is_same_file(&targets->at[i].file, &target->file))
			return &targets->at[i];
	return NULL;
}

static int add(struct targets *targets, const char *path, const struct options_program *program,
	       const struct options *options, struct reason *why)
{
	struct target_choice choice = {
		.patterns = program->patterns,
		.n_patterns = program->n_patterns,
		.max_functions =
			options->action == ACTION_TRACE ? options->max_functions : SIZE_MAX,
		.n_before = targets->n_functions,
	};
	struct target *grown = reallocarray(targets->at, targets->n + 1, sizeof(*grown)), *target;
	const struct target *same;
	int err;

	if (!grown)
		return reason_set(why, -ENOMEM, "out of memory");
	targets->at = grown;
	target = &grown[targets->n];
	err = target_init(target, path, &choice, why);
	if (err)
		return err;
	targets->n++;
	same = find_same(targets, target);
	if (same)
		return reason_set(why, -EINVAL,
				  "%s is the same program as %s: give it once, with all --func "
				  "that are meant",
				  path, same->name);
	target->first_function = targets->n_traced;
	targets->n_functions += target->plan.n_functions;
	targets->n_traced += target->plan.n_traced;
	targets->n_sites += plan_n_sites(&target->plan);
	return 0;
}

static bool is_run_by(const char *path, pid_t pid)
{
	struct stat program;

	return stat(path, &program) == 0 && process_runs(pid, &program);
}

/*
 * A path may be meant as a process in a container sees it. For the caller to free; NULL without
 * memory.
 */
static char *as_processes_see(const char *path, const struct options *options)
{
	char *inside;

	for (size_t i = 0; i < options->n_pids; i++) {
		if (is_run_by(path, options->pids[i]))
			break;
		if (asprintf(&inside, "/proc/%d/root/%s", options->pids[i],
			     path + strspn(path, "/")) < 0)
			return NULL;
		if (is_run_by(inside, options->pids[i]))
			return inside;
		free(inside);
	}
	return strdup(path);
}

static int add_named(struct targets *targets, const struct options *options, struct reason *why)
{
	int err = 0;

	for (size_t i = 0; i < options->n_programs && !err; i++) {
		const struct options_program *program = &options->programs[i];
		char *path = as_processes_see(program->binary, options);

		err = path ? add(targets, path, program, options, why)
			   : reason_set(why, -ENOMEM, "out of memory");
		free(path);
	}
	return err;
}

/* The program by the process, not by name: the name may be another file's, or no file's, by now. */
static int add_of_processes(struct targets *targets, const struct options *options,
			    struct reason *why)
{
	int err = 0;

	for (size_t i = 0; i < options->n_pids && !err; i++) {
		char path[32];

		if (!process_of(options->pids[i]))
			return reason_set(why, -ESRCH, "there is no process %d", options->pids[i]);
		if (targets_are_run_by(targets, options->pids[i]))
			continue;
		snprintf(path, sizeof(path), "/proc/%d/exe", options->pids[i]);
		err = add(targets, path, options->programs, options, why);
	}
	return err;
}

static int add_of_command(struct targets *targets, const struct options *options,
			  struct reason *why)
{
	char *path;
	int err;

	err = command_find(options->command[0], &path, why);
	if (err)
		return err;
	err = add(targets, path, options->programs, options, why);
	free(path);
	return err;
}

int targets_init(struct targets *targets, const struct options *options, struct reason *why)
{
	int err;

	*targets = (struct targets){ 0 };
	if (options->n_pids > 0 && !processes_are_ours())
		return reason_set(
			why, -ENOTSUP,
			"process ids are not known here: /proc is not mounted, or belongs "
			"to another pid namespace; mount that of this one, as unshare "
			"--mount-proc does");
	if (options->programs[0].binary)
		err = add_named(targets, options, why);
	else if (options->command)
		err = add_of_command(targets, options, why);
	else
		err = add_of_processes(targets, options, why);
	if (err)
		targets_fini(targets);
	return err;
}

void targets_fini(struct targets *targets)
{
	for (size_t i = 0; i < targets->n; i++)
		target_fini(&targets->at[i]);
	free(targets->at);
	*targets = (struct targets){ 0 };
}

bool targets_are_run_by(const struct targets *targets, pid_t pid)
{
	for (size_t i = 0; i < targets->n; i++)
		if (process_runs(pid, &targets->at[i].file))
			return true;
	return false;
}
