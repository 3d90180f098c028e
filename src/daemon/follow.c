/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/follow.h"

#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "daemon/announce.h"
#include "daemon/leave.h"
#include "daemon/processes.h"
#include "daemon/say.h"

/* How much is looked at. */
enum look {
	LOOK_AT_PROBED, /* files that are probed, and may have been written into */
	LOOK_AT_ALL,
	LOOK_FOR_NEW, /* and for new files of a glob, and for processes of former builds */
};

enum {
	LOOKS_PER_SEARCH = 5,
	MAX_MISSING_NAMED = 12,
	FOLDER_EVENTS = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR,
	FILE_EVENTS = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB,
};

/* Between two looks that the kernel asks for. */
static const uint64_t calm_ns = 100000000;

void follow_init(struct follow *follow, struct session *session)
{
	*follow = (struct follow){
		.session = session,
		.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK),
	};
}

void follow_fini(struct follow *follow)
{
	if (follow->fd >= 0)
		close(follow->fd);
	follow->fd = -1;
}

static void watch_folder_of(const struct follow *follow, const char *path)
{
	const char *name = basename(path);
	char folder[PATH_MAX];

	if ((size_t)snprintf(folder, sizeof(folder), "%.*s", (int)(name - path), path) <
	    sizeof(folder))
		inotify_add_watch(follow->fd, *folder ? folder : ".", FOLDER_EVENTS);
}

/* What is watched already stays so: one may ask for it again. */
static void watch(const struct follow *follow, const struct target *target)
{
	if (follow->fd < 0)
		return;
	if (target->is_glob)
		watch_folder_of(follow, target->wanted->binary);
	for (size_t i = 0; i < target->n_places; i++) {
		watch_folder_of(follow, target->places[i].path);
		inotify_add_watch(follow->fd, target->places[i].path, FILE_EVENTS);
	}
}

/* What a place has no longer may still be what another one has. */
static void leave_place(struct target *target, struct place *place)
{
	struct build *build = place->build;

	place->build = NULL;
	if (build)
		build->is_current = false;
	for (size_t i = 0; i < target->n_places && build; i++)
		if (target->places[i].build == build)
			build->is_current = true;
}

static int drop(struct follow *follow, struct target *target, struct build *build,
		struct reason *why)
{
	int err = session_take_over(follow->session, why);

	session_detach_build(follow->session, build);
	target_remove_build(target, build);
	return err;
}

/* Says which functions of the former builds the new one lacks. */
static void say_missing(const struct session *session, const struct target *target,
			const struct build *build)
{
	size_t n = 0;

	for (uint32_t i = 0; i < session->functions.n_used; i++) {
		const struct function *function = &session->functions.at[i];
		bool has_it = false;

		if (function->target != target || function->is_over_budget)
			continue;
		for (size_t k = 0; k < build->n_functions && !has_it; k++)
			has_it = build->functions[k] == i;
		if (!has_it && n++ < MAX_MISSING_NAMED)
			say("%s is not in this build; waiting for one that has it", function->name);
	}
	if (n > MAX_MISSING_NAMED)
		say("%zu more functions are not in this build", n - MAX_MISSING_NAMED);
}

static void note_change(struct target *target)
{
	target->changed_ns = moment_now().realtime_ns;
	for (size_t i = 0; i < N_STATS_SPANS; i++)
		target->n_changes[i]++;
}

/* Traces what lies at a place, beside what else is traced of the target. */
static int arrive(struct follow *follow, struct target *target, struct place *place,
		  struct reason *why)
{
	bool is_other = place->was_traced;
	struct build *build;
	int err;

	err = targets_add_build(follow->session->targets, target, place->path, true, &build, why);
	if (err)
		return err;
	announce_refusals(build);
	err = leave_and_attach(follow->session, target, build, why);
	if (!err && !build_is_unchanged(build)) {
		session_detach_build(follow->session, build);
		err = reason_set(why, -EAGAIN, "%s was changed while it was probed", place->path);
	}
	if (err) {
		target_remove_build(target, build);
		return err;
	}
	place->build = build;
	place->was_traced = true;
	if (is_other)
		note_change(target);
	say(is_other ? "%s is another build now" : "%s is there", place->path);
	announce_attached(build, follow->session->tracer);
	if (is_other)
		say_missing(follow->session, target, build);
	announce_processes(build);
	return 0;
}

/*
 * What cannot be traced may be a file that is still being written: it is tried a second time, and
 * only then said to be wrong.
 */
static int try_again_later(struct place *place, const struct reason *why)
{
	if (place->has_failed && !place->is_told) {
		say_warning("%s", why->text);
		place->is_told = true;
	}
	place->has_failed = true;
	return 0;
}

static int on_gone(struct target *target, struct place *place)
{
	struct build *build = place->build;

	leave_place(target, place);
	if (build && !build->is_current)
		say("%s is gone; its processes are still traced, and waiting for it to come back",
		    place->path);
	return 0;
}

/* Something else lies at a place than at the last look. */
static int on_other(struct follow *follow, struct target *target, struct place *place,
		    struct reason *why)
{
	struct build *known = target_find_build(target, &place->file);

	if (known != place->build || !known)
		leave_place(target, place);
	if (!known)
		return arrive(follow, target, place, why);
	if (known != place->build) {
		place->build = known;
		known->is_current = true;
		note_change(target);
		say("%s is the build again that it was before", place->path);
	}
	return 0;
}

static int look_at_place(struct follow *follow, struct target *target, struct place *place,
			 enum look how, struct reason *why)
{
	struct build *known;
	struct stat file;
	int err;

	if (stat(place->path, &file))
		file = (struct stat){ 0 };
	known = target_find_build(target, &file);
	if (known && !is_unchanged(&known->file, &file)) {
		/* It may still be written to, and is looked at when that is over. */
		say_warning("%s was written into: its probes are taken away", known->name);
		place->file = (struct stat){ 0 };
		return drop(follow, target, known, why);
	}
	if (how == LOOK_AT_PROBED)
		return 0;
	if (is_unchanged(&place->file, &file) && (!place->has_failed || place->is_told))
		return 0;
	if (!is_unchanged(&place->file, &file))
		place->has_failed = place->is_told = false;
	place->file = file;
	if (!file.st_ino)
		return on_gone(target, place);
	err = on_other(follow, target, place, why);
	if (err == -ENOMEM)
		return err;
	if (err)
		return try_again_later(place, why);
	place->has_failed = false;
	return 0;
}

/* Builds that are nowhere any more, and that no process runs. */
static int drop_left_builds(struct follow *follow, struct target *target, struct reason *why)
{
	int err = 0;

	for (size_t i = 0; i < target->n_builds && !err; i++) {
		struct build *build = target->builds[i];

		if (build->is_current || processes_running(&build->file, NULL, 0) > 0)
			continue;
		say("no process runs the former build of %s any more", target->name);
		err = drop(follow, target, build, why);
		i--;
		/* There is room now that there was not before. */
		target_retry_places(target);
	}
	return err;
}

static int look_at_target(struct follow *follow, struct target *target, enum look how,
			  struct reason *why)
{
	int err = 0;

	if (target->is_for_chosen)
		return 0;
	if (how == LOOK_FOR_NEW && target->is_glob)
		err = target_find_places(target, why);
	if (how == LOOK_FOR_NEW)
		watch(follow, target);
	for (size_t i = 0; i < target->n_places && !err; i++)
		err = look_at_place(follow, target, &target->places[i], how, why);
	if (how == LOOK_FOR_NEW && !err)
		err = drop_left_builds(follow, target, why);
	return err;
}

static int look(struct follow *follow, enum look how, struct reason *why)
{
	const struct targets *targets = follow->session->targets;
	int err = 0;

	if (how != LOOK_AT_PROBED)
		follow->looked_ns = kernel_now_ns();
	for (size_t i = 0; i < targets->n && !err; i++)
		err = look_at_target(follow, targets->at[i], how, why);
	return err;
}

int follow_look(struct follow *follow, struct reason *why)
{
	bool is_search = follow->n_looks++ % LOOKS_PER_SEARCH == 0 || follow->is_behind;

	follow->is_behind = false;
	return look(follow, is_search ? LOOK_FOR_NEW : LOOK_AT_ALL, why);
}

/* Is the name in a folder one that some target is about? */
static bool is_of_interest(const struct targets *targets, const char *name)
{
	for (size_t i = 0; i < targets->n; i++) {
		const char *path = targets->at[i]->wanted->binary;

		if (path && !targets->at[i]->is_for_chosen && fnmatch(basename(path), name, 0) == 0)
			return true;
	}
	return false;
}

/* What an event asks for; false: nothing. */
static bool look_for(const struct follow *follow, const struct inotify_event *event, enum look *ret)
{
	if (event->len > 0) {
		*ret = LOOK_FOR_NEW;
		return is_of_interest(follow->session->targets, event->name);
	}
	/* A file that is being written is not read until that is over. */
	*ret = event->mask & IN_CLOSE_WRITE ? LOOK_AT_ALL : LOOK_AT_PROBED;
	return event->mask & (FILE_EVENTS | IN_Q_OVERFLOW);
}

int follow_on_change(struct follow *follow, struct reason *why)
{
	char buffer[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)]
		__attribute__((aligned(__alignof__(struct inotify_event))));
	enum look most = LOOK_AT_PROBED, wanted;
	bool is_wanted = false;
	ssize_t n;

	while ((n = read(follow->fd, buffer, sizeof(buffer))) > 0) {
		const struct inotify_event *event;

		for (char *at = buffer; at < buffer + n; at += sizeof(*event) + event->len) {
			event = (const struct inotify_event *)at;
			if (!look_for(follow, event, &wanted))
				continue;
			is_wanted = true;
			most = wanted > most ? wanted : most;
		}
	}
	/* Of files that come and go all the time, only the first is looked at at once. */
	if (is_wanted && most != LOOK_AT_PROBED && kernel_now_ns() - follow->looked_ns < calm_ns) {
		follow->is_behind = true;
		most = LOOK_AT_PROBED;
	}
	return is_wanted ? look(follow, most, why) : 0;
}
