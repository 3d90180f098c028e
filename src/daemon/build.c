/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/build.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/processes.h"
#include "daemon/say.h"
#include "go/inlined.h"
#include "plan/name.h"

enum {
	MAX_NEAREST = 5,
	MAX_CALLERS_NAMED = 3,
};

static void reason_append(struct reason *why, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void reason_append(struct reason *why, const char *format, ...)
{
	size_t n_used = strlen(why->text);
	va_list args;

	va_start(args, format);
	vsnprintf(why->text + n_used, sizeof(why->text) - n_used, format, args);
	va_end(args);
}

/* Where the compiler put the body of a function that has no code of its own. */
struct inlined {
	const char *pattern;
	const char *callee; /* the first one found */
	const struct go_function *into[MAX_CALLERS_NAMED];
	size_t n_into, n_places;
};

static bool note_inlined(const char *callee, const struct go_function *into, void *context)
{
	struct inlined *inlined = context;
	bool is_new;

	if (inlined->callee ? strcmp(callee, inlined->callee) != 0
			    : !match_means(inlined->pattern, callee))
		return false;
	inlined->callee = callee;
	inlined->n_places++;
	is_new = inlined->n_into == 0 || inlined->into[inlined->n_into - 1] != into;
	if (is_new && inlined->n_into < MAX_CALLERS_NAMED)
		inlined->into[inlined->n_into++] = into;
	return false;
}

static int explain_no_match(const struct go_binary *binary, const char *pattern, struct reason *why)
{
	struct inlined inlined = { .pattern = pattern };
	const char *nearest[MAX_NEAREST];
	size_t n;

	inlined_each(binary, note_inlined, &inlined);
	if (inlined.n_places) {
		reason_set(why, -ENOENT,
			   "%s was inlined in %zu place%s and has no code of its own to probe; it "
			   "is now "
			   "part of",
			   inlined.callee, inlined.n_places, inlined.n_places == 1 ? "" : "s");
		for (size_t i = 0; i < inlined.n_into; i++)
			reason_append(why, "%s %s", i ? "," : "", inlined.into[i]->name);
		reason_append(why, "%s; trace that, or mark it //go:noinline",
			      inlined.n_into == MAX_CALLERS_NAMED ? ", ..." : "");
		return -ENOENT;
	}
	reason_set(why, -ENOENT, "no function of %s matches '%s'", binary->elf->path, pattern);
	if (name_has_type_arguments(pattern))
		reason_append(why,
			      " (type arguments of the same shape share one function, as --list "
			      "explains; leave them out for all)");
	n = match_nearest(binary, pattern, nearest, MAX_NEAREST);
	if (n == 0)
		reason_append(why, "; --list shows the functions that there are");
	else
		reason_append(why, "; the nearest:");
	for (size_t i = 0; i < n; i++)
		reason_append(why, "\n  %s", nearest[i]);
	return -ENOENT;
}

static int add_pattern(struct match *match, const struct go_binary *binary, const char *pattern,
		       bool may_lack, struct reason *why)
{
	size_t n;
	int err = match_add(match, binary, pattern, &n, why);

	if (err || n > 0)
		return err;
	err = explain_no_match(binary, pattern, why);
	if (!may_lack)
		return err;
	say("%s; waiting for a build that has it", why->text);
	return 0;
}

static int choose(struct match *match, const struct go_binary *binary,
		  const struct build_choice *choice, const char *name, struct reason *why)
{
	size_t n_room = choice->max_functions > choice->n_before
				? choice->max_functions - choice->n_before
				: 0;
	int err = match_init(match, binary, why);

	if (!err && choice->n_patterns == 0)
		err = add_pattern(match, binary, "*", true, why);
	for (size_t i = 0; i < choice->n_patterns && !err; i++)
		err = add_pattern(match, binary, choice->patterns[i], choice->may_lack, why);
	if (err || match->n_chosen <= n_room)
		return err;
	return reason_set(why, -E2BIG,
			  "%s %s the patterns match %zu functions, more than %zu: narrow them "
			  "down, or allow it with --max-functions %zu",
			  choice->n_before ? "with those in" : "in", name,
			  choice->n_before + match->n_chosen, choice->max_functions,
			  choice->n_before + match->n_chosen);
}

/*
 * By a process's link to its program, that file's own name; by a process's root, the name there.
 */
static int name_program(struct build *build, const char *path, struct reason *why)
{
	const char *inside = strncmp(path, "/proc/", 6) == 0 ? strstr(path, "/root/") : NULL;
	char name[PATH_MAX];
	ssize_t n = -1;

	if (strncmp(path, "/proc/", 6) == 0 && !inside)
		n = readlink(path, name, sizeof(name));
	build->name = n > 0    ? strndup(name, (size_t)n)
		      : inside ? strdup(inside + strlen("/root"))
			       : strdup(path);
	if (!build->name)
		return reason_set(why, -ENOMEM, "out of memory");
	disarm(build->name, false);
	return 0;
}

static int plan_choice(const struct build *build, const struct build_choice *choice,
		       struct former_choice *ret, struct reason *why)
{
	int err;

	*ret = (struct former_choice){ 0 };
	err = choose(&ret->match, build->binary, choice, build->name, why);
	if (!err)
		err = plan_init(&ret->plan, build->binary, &ret->match, why);
	if (!err)
		err = captures_init(&ret->captures, &ret->plan, choice->wish, why);
	if (err)
		former_choice_fini(ret);
	return err;
}

static void swap_choice(struct build *build, struct former_choice *other)
{
	struct former_choice now = { build->match, build->plan, build->captures };

	build->match = other->match;
	build->plan = other->plan;
	build->captures = other->captures;
	*other = now;
}

int build_choose(struct build *build, const struct build_choice *choice, struct former_choice *ret,
		 struct reason *why)
{
	int err = plan_choice(build, choice, ret, why);

	if (!err)
		swap_choice(build, ret);
	return err;
}

void build_put_back(struct build *build, struct former_choice *former)
{
	swap_choice(build, former);
	former_choice_fini(former);
}

void former_choice_fini(struct former_choice *former)
{
	captures_fini(&former->captures);
	plan_fini(&former->plan);
	match_fini(&former->match);
}

/* Is the file that was read still the one that lies at the path, and as it was? */
static int check_unchanged(const struct build *build, const struct stat *before, const char *path,
			   struct reason *why)
{
	if (is_unchanged(before, &build->file))
		return 0;
	return reason_set(why, -EAGAIN, "%s was changed while it was read", path);
}

int build_init(struct build *build, const char *path, const struct build_choice *choice,
	       struct reason *why)
{
	struct former_choice none;
	struct stat before = { 0 };
	int err;

	*build = (struct build){ .is_current = true };
	stat(path, &before);
	err = go_binary_open(path, &build->binary, why);
	if (!err)
		err = name_program(build, path, why);
	if (!err)
		err = build_choose(build, choice, &none, why);
	if (!err && fstat(build->binary->elf->fd, &build->file))
		err = reason_set(why, -errno, "cannot stat %s: %s", path, strerror(errno));
	if (!err)
		err = check_unchanged(build, &before, path, why);
	if (err)
		build_fini(build);
	return err;
}

bool build_is_unchanged(const struct build *build)
{
	struct stat now;

	return fstat(build->binary->elf->fd, &now) == 0 && is_unchanged(&build->file, &now);
}

void build_fini(struct build *build)
{
	free(build->functions);
	free(build->name);
	captures_fini(&build->captures);
	plan_fini(&build->plan);
	match_fini(&build->match);
	go_binary_close(build->binary);
	*build = (struct build){ 0 };
}
