/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/targets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/command.h"
#include "daemon/processes.h"
#include "daemon/say.h"

enum { MAX_PLACES_TOLD = 12 }; /* of a glob's, that cannot be traced, at the start */

/* Probes on one file from two plans would take each other's calls for something else. */
static int check_is_new(const struct targets *targets, const struct build *build, const char *path,
			struct reason *why)
{
	for (size_t i = 0; i < targets->n; i++)
		for (size_t k = 0; k < targets->at[i]->n_builds; k++) {
			const struct build *other = targets->at[i]->builds[k];

			if (other != build && is_same_file(&other->file, &build->file))
				return reason_set(why, -EINVAL,
						  "%s is the same program as %s: give it once, "
						  "with all functions that are meant",
						  path, other->name);
		}
	return 0;
}

/* How many functions the other targets have chosen, by their largest builds. */
static size_t n_others(const struct targets *targets, const struct target *target)
{
	size_t n = 0;

	for (size_t i = 0; i < targets->n; i++) {
		size_t most = 0;

		if (targets->at[i] == target)
			continue;
		for (size_t k = 0; k < targets->at[i]->n_builds; k++)
			if (targets->at[i]->builds[k]->plan.n_functions > most)
				most = targets->at[i]->builds[k]->plan.n_functions;
		n += most;
	}
	return n;
}

static struct build_choice choice_of(const struct targets *targets, const struct target *target,
				     bool may_lack)
{
	return (struct build_choice){
		.patterns = (const char *const *)target->wanted->patterns,
		.n_patterns = target->wanted->n_patterns,
		.max_functions = targets->max_functions,
		.n_before = n_others(targets, target),
		.may_lack = may_lack,
		.wish = &targets->wish,
	};
}

int targets_add_build(struct targets *targets, struct target *target, const char *path,
		      bool may_lack, struct build **ret, struct reason *why)
{
	const struct build_choice choice = choice_of(targets, target, may_lack);
	int err = target_add_build(target, path, &choice, ret, why);

	if (err)
		return err;
	err = check_is_new(targets, *ret, path, why);
	if (err)
		target_remove_build(target, *ret);
	return err;
}

int targets_choose(const struct targets *targets, const struct target *target, struct build *build,
		   struct former_choice *ret, struct reason *why)
{
	const struct build_choice choice = choice_of(targets, target, true);

	return build_choose(build, &choice, ret, why);
}

/* Takes the target over. */
static int append(struct targets *targets, struct target *target, struct reason *why)
{
	struct target **grown = reallocarray(targets->at, targets->n + 1, sizeof(*targets->at));

	if (!grown) {
		target_free(target);
		return reason_set(why, -ENOMEM, "out of memory");
	}
	targets->at = grown;
	targets->at[targets->n++] = target;
	return 0;
}

void targets_remove(struct targets *targets, struct target *target)
{
	size_t i = 0;

	while (targets->at[i] != target)
		i++;
	/* The others stay in the order in which they are reported. */
	memmove(&targets->at[i], &targets->at[i + 1], (--targets->n - i) * sizeof(*targets->at));
	target_free(target);
}

/* A target of one program file, which stays the same. */
static int add_fixed(struct targets *targets, const struct options_target *wanted, const char *path,
		     struct reason *why)
{
	struct target *target;
	struct build *build;
	int err = target_new(&target, wanted, path, why);

	if (!err)
		err = append(targets, target, why);
	if (err)
		return err;
	target->is_for_chosen = true;
	err = targets_add_build(targets, target, path, false, &build, why);
	if (err) {
		targets_remove(targets, target);
		return err;
	}
	if (!wanted->name && strcmp(target->name, build->name) != 0) {
		char *name = strdup(build->name);

		free(target->name);
		target->name = name;
	}
	return target->name ? 0 : reason_set(why, -ENOMEM, "out of memory");
}

static bool are_run_by(const struct targets *targets, pid_t pid)
{
	for (size_t i = 0; i < targets->n; i++)
		for (size_t k = 0; k < targets->at[i]->n_builds; k++)
			if (process_runs(pid, &targets->at[i]->builds[k]->file))
				return true;
	return false;
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
static char *as_processes_see(const struct options_target *wanted)
{
	const char *path = wanted->binary;
	char *inside;

	for (size_t i = 0; i < wanted->n_pids; i++) {
		if (is_run_by(path, wanted->pids[i]))
			break;
		if (asprintf(&inside, "/proc/%d/root/%s", wanted->pids[i],
			     path + strspn(path, "/")) < 0)
			return NULL;
		if (is_run_by(inside, wanted->pids[i]))
			return inside;
		free(inside);
	}
	return strdup(path);
}

static int add_of_named_processes(struct targets *targets, const struct options_target *wanted,
				  struct reason *why)
{
	char *path = as_processes_see(wanted);
	int err = path ? add_fixed(targets, wanted, path, why)
		       : reason_set(why, -ENOMEM, "out of memory");

	free(path);
	return err;
}

/* The program by the process, not by name: the name may be another file's, or no file's, by now. */
static int add_of_processes(struct targets *targets, const struct options_target *wanted,
			    struct reason *why)
{
	int err = 0;

	for (size_t i = 0; i < wanted->n_pids && !err; i++) {
		char path[32];

		if (!process_of(wanted->pids[i]))
			return reason_set(why, -ESRCH, "there is no process %d", wanted->pids[i]);
		if (are_run_by(targets, wanted->pids[i]))
			continue;
		snprintf(path, sizeof(path), "/proc/%d/exe", wanted->pids[i]);
		err = add_fixed(targets, wanted, path, why);
	}
	return err;
}

static int add_of_command(struct targets *targets, const struct options_target *wanted,
			  const char *command, struct reason *why)
{
	char *path;
	int err;

	err = command_find(command, &path, why);
	if (err)
		return err;
	err = add_fixed(targets, wanted, path, why);
	free(path);
	return err;
}

/* May what lies there be left out, with a word about it? */
static bool may_be_left(const struct target *target, bool is_running)
{
	return is_running || target->is_glob || target->wanted->waits;
}

static int open_place(struct targets *targets, struct target *target, struct place *place,
		      bool is_running, struct reason *why)
{
	bool may_lack = target->wanted->waits || is_running;
	int err;

	if (stat(place->path, &place->file))
		place->file = (struct stat){ 0 };
	/* By another of its paths, it is there already. */
	place->build = target_find_build(target, &place->file);
	place->was_traced = place->build;
	if (place->build)
		return 0;
	err = targets_add_build(targets, target, place->path, may_lack, &place->build, why);
	place->was_traced = !err;
	if (!err || !may_be_left(target, is_running))
		return err;
	place->has_failed = place->is_told = true;
	if (err == -ENOENT && !place->file.st_ino)
		say("waiting for %s, which is not there yet", place->path);
	else if (place - target->places < MAX_PLACES_TOLD)
		say("%s", why->text);
	return 0;
}

static int add_followed(struct targets *targets, const struct options_target *wanted,
			bool is_running, struct reason *why)
{
	struct target *target;
	int err = target_new(&target, wanted, NULL, why);

	if (!err)
		err = append(targets, target, why);
	if (err)
		return err;
	err = target_find_places(target, why);
	for (size_t i = 0; i < target->n_places && !err; i++)
		err = open_place(targets, target, &target->places[i], is_running, why);
	if (!err && target->n_builds == 0 && !wanted->waits && !is_running)
		err = reason_set(why, -ENOENT, "no Go program is at %s", wanted->binary);
	if (err)
		targets_remove(targets, target);
	return err;
}

int targets_add(struct targets *targets, const struct options_target *wanted,
		const struct options *options, bool is_running, struct reason *why)
{
	if (wanted->n_pids > 0 && !processes_are_ours())
		return reason_set(
			why, -ENOTSUP,
			"process ids are not known here: /proc is not mounted, or belongs "
			"to another pid namespace; mount that of this one, as unshare "
			"--mount-proc does");
	if (wanted->binary && wanted->n_pids > 0)
		return add_of_named_processes(targets, wanted, why);
	if (wanted->binary)
		return add_followed(targets, wanted, is_running, why);
	if (wanted->n_pids > 0)
		return add_of_processes(targets, wanted, why);
	return add_of_command(targets, wanted, options->command[0], why);
}

static struct capture_wish wish_of(const struct options_calls *calls)
{
	bool has_stack = calls->have_stacks || calls->stacks;

	return (struct capture_wish){
		.is_all = calls->are_printed && !calls->n_shown,
		.shown = calls->shown,
		.n_shown = calls->n_shown,
		.conditions = calls->conditions,
		.n_conditions = calls->n_conditions,
		.by = calls->by.text ? &calls->by : NULL,
		.has_stack = has_stack,
		.types = calls->types,
		.max_bytes =
			FETCH_MAX_BYTES - (has_stack ? MAX_STACK_FRAMES * sizeof(uint64_t) : 0),
	};
}

int targets_init(struct targets *targets, const struct options *options, struct reason *why)
{
	bool is_traced = options->action == ACTION_TRACE;
	int err = 0;

	*targets = (struct targets){
		.max_functions = is_traced ? options->max_functions : SIZE_MAX,
		.wish = wish_of(&options->calls),
	};
	for (size_t i = 0; i < options->n_targets && !err; i++)
		err = targets_add(targets, &options->targets[i], options, false, why);
	if (err)
		targets_fini(targets);
	return err;
}

void targets_fini(struct targets *targets)
{
	for (size_t i = 0; i < targets->n; i++)
		target_free(targets->at[i]);
	free(targets->at);
	*targets = (struct targets){ 0 };
}

static int check_process(const struct targets *targets, pid_t pid, struct reason *why)
{
	pid_t process = process_of(pid);

	if (!process)
		return reason_set(why, -ESRCH, "there is no process %d", pid);
	if (process != pid)
		return reason_set(why, -EINVAL, "%d is a thread of process %d: give that", pid,
				  process);
	if (!are_run_by(targets, pid))
		return reason_set(why, -EINVAL, "process %d does not run %s%s", pid,
				  targets->n ? target_binary(targets->at[0]) : "it",
				  targets->n > 1 ? ", nor the others" : "");
	return 0;
}

int targets_check_processes(const struct targets *targets, const struct options_target *wanted,
			    struct reason *why)
{
	int err = 0;

	for (size_t i = 0; i < wanted->n_pids && !err; i++)
		err = check_process(targets, wanted->pids[i], why);
	return err;
}

bool targets_are_followed(const struct targets *targets)
{
	for (size_t i = 0; i < targets->n; i++)
		if (!targets->at[i]->is_for_chosen)
			return true;
	return false;
}

size_t targets_n_traced(const struct targets *targets)
{
	size_t n = 0;

	for (size_t i = 0; i < targets->n; i++)
		for (size_t k = 0; k < targets->at[i]->n_builds; k++)
			n += targets->at[i]->builds[k]->plan.n_traced;
	return n;
}

size_t targets_n_sites(const struct targets *targets)
{
	size_t n = 0;

	for (size_t i = 0; i < targets->n; i++)
		for (size_t k = 0; k < targets->at[i]->n_builds; k++)
			n += plan_n_sites(&targets->at[i]->builds[k]->plan);
	return n;
}
