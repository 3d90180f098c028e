/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/target.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/processes.h"
#include "daemon/say.h"

enum { MAX_PLACES = 256 }; /* which others may fill a folder with */

static int out_of_memory(struct reason *why)
{
	return reason_set(why, -ENOMEM, "out of memory");
}

/* A path that exists as it is written is meant as it is, whatever is in it. */
static bool is_glob(const char *path)
{
	struct stat st;

	return strpbrk(path, "*?[") && lstat(path, &st);
}

int target_new(struct target **ret, const struct options_target *wanted, const char *name,
	       struct reason *why)
{
	struct target *target = calloc(1, sizeof(*target));

	if (!target)
		return out_of_memory(why);
	target->is_glob = wanted->binary && is_glob(wanted->binary);
	target->name = strdup(wanted->name ? wanted->name : name ? name : wanted->binary);
	if (!target->name || target_set_wanted(target, wanted)) {
		target_free(target);
		return out_of_memory(why);
	}
	disarm(target->name, false);
	*ret = target;
	return 0;
}

void target_free(struct target *target)
{
	if (!target)
		return;
	while (target->n_builds > 0)
		target_remove_build(target, target->builds[0]);
	for (size_t i = 0; i < target->n_places; i++)
		free(target->places[i].path);
	free(target->places);
	free(target->labels);
	free(target->builds);
	free(target->name);
	free(target);
}

int target_set_wanted(struct target *target, const struct options_target *wanted)
{
	struct report_label *labels = calloc(wanted->n_labels + 1, sizeof(*labels));

	if (!labels)
		return -ENOMEM;
	for (size_t i = 0; i < wanted->n_labels; i++)
		labels[i] =
			(struct report_label){ wanted->labels[i].name, wanted->labels[i].value };
	free(target->labels);
	target->labels = labels;
	target->wanted = wanted;
	return 0;
}

static bool has_place(const struct target *target, const char *path)
{
	for (size_t i = 0; i < target->n_places; i++)
		if (strcmp(target->places[i].path, path) == 0)
			return true;
	return false;
}

static int add_place(struct target *target, const char *path)
{
	struct place *grown;
	char *copy;

	if (target->n_places == MAX_PLACES || has_place(target, path))
		return 0;
	grown = reallocarray(target->places, target->n_places + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	target->places = grown;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	grown[target->n_places++] = (struct place){ .path = copy };
	return 0;
}

/* Those at which nothing is any more, and that no build is known of, need not be looked at. */
static void drop_empty_places(struct target *target)
{
	size_t n_kept = 0;

	for (size_t i = 0; i < target->n_places; i++) {
		struct place *place = &target->places[i];
		struct stat st;

		if (place->build || stat(place->path, &st) == 0)
			target->places[n_kept++] = *place;
		else
			free(place->path);
	}
	target->n_places = n_kept;
}

int target_find_places(struct target *target, struct reason *why)
{
	glob_t found;
	int err = 0;

	if (!target->is_glob)
		return add_place(target, target->wanted->binary) ? out_of_memory(why) : 0;
	drop_empty_places(target);
	if (glob(target->wanted->binary, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc && !err; i++)
			err = add_place(target, found.gl_pathv[i]);
	if (target->n_places == MAX_PLACES && !target->is_full_told) {
		say_warning("%s: more files than the %d that are looked at at most",
			    target->wanted->binary, MAX_PLACES);
		target->is_full_told = true;
	}
	globfree(&found);
	return err ? out_of_memory(why) : 0;
}

void target_retry_places(struct target *target)
{
	for (size_t i = 0; i < target->n_places; i++)
		if (!target->places[i].build) {
			target->places[i].file = (struct stat){ 0 };
			target->places[i].has_failed = target->places[i].is_told = false;
		}
}

int target_add_build(struct target *target, const char *path, const struct build_choice *choice,
		     struct build **ret, struct reason *why)
{
	struct build **grown =
		reallocarray(target->builds, target->n_builds + 1, sizeof(*target->builds));
	struct build *build;
	int err;

	if (!grown)
		return out_of_memory(why);
	target->builds = grown;
	build = malloc(sizeof(*build));
	if (!build)
		return out_of_memory(why);
	err = build_init(build, path, choice, why);
	if (err) {
		free(build);
		return err;
	}
	target->builds[target->n_builds++] = build;
	*ret = build;
	return 0;
}

void target_remove_build(struct target *target, struct build *build)
{
	size_t i = 0;

	while (target->builds[i] != build)
		i++;
	target->builds[i] = target->builds[--target->n_builds];
	for (i = 0; i < target->n_places; i++)
		if (target->places[i].build == build)
			target->places[i].build = NULL;
	build_fini(build);
	free(build);
}

struct build *target_find_build(const struct target *target, const struct stat *file)
{
	for (size_t i = 0; i < target->n_builds; i++)
		if (is_same_file(&target->builds[i]->file, file))
			return target->builds[i];
	return NULL;
}

const char *target_binary(const struct target *target)
{
	for (size_t i = 0; i < target->n_builds; i++)
		if (target->builds[i]->is_current)
			return target->builds[i]->name;
	return target->n_builds ? target->builds[0]->name : target->name;
}
