/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/reload.h"

#include <errno.h>
#include <string.h>

#include "daemon/announce.h"
#include "daemon/formats.h"
#include "daemon/leave.h"
#include "daemon/metrics.h"
#include "daemon/say.h"

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Is it the same program, whatever is wanted of it? */
static bool is_same_target(const struct options_target *a, const struct options_target *b)
{
	return is_same_text(a->name, b->name) && is_same_text(a->binary, b->binary) &&
	       a->n_pids == b->n_pids &&
	       (a->n_pids == 0 || memcmp(a->pids, b->pids, a->n_pids * sizeof(*a->pids)) == 0);
}

static bool has_same_patterns(const struct options_target *a, const struct options_target *b)
{
	if (a->n_patterns != b->n_patterns)
		return false;
	for (size_t i = 0; i < a->n_patterns; i++)
		if (strcmp(a->patterns[i], b->patterns[i]) != 0)
			return false;
	return true;
}

static const struct options_target *find(const struct options *in, const struct options_target *of)
{
	for (size_t i = 0; i < in->n_targets; i++)
		if (is_same_target(&in->targets[i], of))
			return &in->targets[i];
	return NULL;
}

static int remove_target(struct session *session, struct target *target, struct reason *why)
{
	int err;

	say("not tracing %s any more", target->name);
	for (size_t i = 0; i < target->wanted->n_pids; i++)
		tracer_remove_process(session->tracer, target->wanted->pids[i]);
	while (target->n_builds > 0) {
		session_detach_build(session, target->builds[0]);
		target_remove_build(target, target->builds[0]);
	}
	err = leave_unwanted(session, target, why);
	leave_unreported(session, target);
	targets_remove(session->targets, target);
	return err;
}

/* One build's functions, as they are wanted now. That they cannot be had is said. */
static void choose_anew(struct session *session, struct target *target, struct build *build)
{
	struct former_choice former;
	struct reason why;

	build->is_outdated = true;
	if (targets_choose(session->targets, target, build, &former, &why)) {
		say_warning("%s: %s", target->name, why.text);
		return;
	}
	if (leave_and_attach(session, target, build, &why)) {
		say_warning("%s: %s; it is traced as before", target->name, why.text);
		build_put_back(build, &former);
		return;
	}
	build->is_outdated = false;
	former_choice_fini(&former);
	announce_refusals(build);
	announce_attached(build, session->tracer);
}

static int change_target(struct session *session, struct target *target,
			 const struct options_target *wanted, struct reason *why)
{
	bool is_same = has_same_patterns(target->wanted, wanted);

	if (target_set_wanted(target, wanted))
		return reason_set(why, -ENOMEM, "out of memory");
	/* A limit may be another one. */
	target_retry_places(target);
	for (size_t i = 0; i < target->n_builds; i++)
		if (!is_same || target->builds[i]->is_outdated)
			choose_anew(session, target, target->builds[i]);
	return leave_unwanted(session, target, why);
}

static int change_targets(struct session *session, const struct options *fresh, struct reason *why)
{
	struct targets *targets = session->targets;
	int err = 0;

	for (size_t i = 0; i < targets->n && !err; i++) {
		struct target *target = targets->at[i];
		const struct options_target *wanted = find(fresh, target->wanted);

		if (wanted) {
			err = change_target(session, target, wanted, why);
		} else {
			err = remove_target(session, target, why);
			i--;
		}
	}
	return err;
}

static void attach_added(struct session *session, struct target *target, struct build *build)
{
	struct reason why;

	announce_refusals(build);
	if (leave_and_attach(session, target, build, &why)) {
		say_warning("%s: %s", target->name, why.text);
		target_remove_build(target, build);
		return;
	}
	announce_attached(build, session->tracer);
	announce_processes(build);
}

/* That a target cannot be traced is said, and keeps the others from nothing. */
static void add_target(struct session *session, const struct options *fresh,
		       const struct options_target *wanted)
{
	struct targets *targets = session->targets;
	size_t n_before = targets->n;
	struct reason why;

	if (targets_add(targets, wanted, fresh, true, &why) ||
	    targets_check_processes(targets, wanted, &why))
		say_warning("%s: %s", wanted->name ? wanted->name : "the program", why.text);
	for (size_t i = n_before; i < targets->n; i++)
		for (size_t k = targets->at[i]->n_builds; k-- > 0;)
			attach_added(session, targets->at[i], targets->at[i]->builds[k]);
}

static bool is_there(const struct targets *targets, const struct options_target *wanted)
{
	for (size_t i = 0; i < targets->n; i++)
		if (is_same_target(targets->at[i]->wanted, wanted))
			return true;
	return false;
}

static void add_targets(struct session *session, const struct options *fresh)
{
	for (size_t i = 0; i < fresh->n_targets; i++)
		if (!is_there(session->targets, &fresh->targets[i]))
			add_target(session, fresh, &fresh->targets[i]);
}

static bool are_same_shown(const struct options_calls *a, const struct options_calls *b)
{
	if (a->n_shown != b->n_shown)
		return false;
	for (size_t i = 0; i < a->n_shown; i++)
		if (strcmp(a->shown[i].text, b->shown[i].text) != 0)
			return false;
	return true;
}

static bool are_same_conditions(const struct options_calls *a, const struct options_calls *b)
{
	if (a->n_conditions != b->n_conditions)
		return false;
	for (size_t i = 0; i < a->n_conditions; i++)
		if (strcmp(a->conditions[i].expression.text, b->conditions[i].expression.text) != 0)
			return false;
	return true;
}

static void say_what_must_wait(const struct options *options, const struct options *fresh)
{
	const struct options_calls *a = &options->calls, *b = &fresh->calls;
	const struct {
		const char *name;
		bool differs;
	} fixed[] = {
		{ "links", options->links != fresh->links },
		{ "max-in-flight", options->max_in_flight != fresh->max_in_flight },
		{ "ring-size", options->ring_bytes != fresh->ring_bytes },
		{ "no-calibrate", options->is_uncalibrated != fresh->is_uncalibrated },
		{ "no-ret-emulation", options->leaves_ret_alone != fresh->leaves_ret_alone },
		{ "duration", options->duration_ns != fresh->duration_ns },
		{ "debug", options->is_debug != fresh->is_debug },
		{ "calls", a->are_printed != b->are_printed },
		{ "show", !are_same_shown(a, b) },
		{ "where", !are_same_conditions(a, b) },
		{ "slower-than", a->slower_than_ns != b->slower_than_ns },
		{ "max-lines", a->max_lines != b->max_lines },
		{ "types", !is_same_text(a->types, b->types) },
		{ "stack", a->have_stacks != b->have_stacks },
		{ "stacks", !is_same_text(a->stacks, b->stacks) },
		{ "graph", a->have_graph != b->have_graph },
		{ "chrome", !is_same_text(a->chrome, b->chrome) },
		{ "by", !is_same_text(a->by.text, b->by.text) },
	};

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (fixed[i].differs)
			say_warning(
				"%s has changed: that takes effect when gotraced is started anew",
				fixed[i].name);
}

static void reopen(struct output *output)
{
	struct reason why;

	if (output_reopen(output, &why))
		say_warning("%s; going on with what it was before", why.text);
}

static void change_output(struct session *session, const struct options *options,
			  const struct options *fresh)
{
	struct reason why;

	if (is_same_text(options->output, fresh->output) && options->format == fresh->format)
		reopen(session->output);
	else if ((options->calls.are_printed || options->calls.have_graph) &&
		 !formats[fresh->format]->call)
		say_warning("single calls are printed as text or json only; reports go where they "
			    "went");
	else if (formats_check(fresh->format, &why) ||
		 output_change(session->output, fresh->output, formats[fresh->format], &why))
		say_warning("%s; reports go where they went", why.text);
}

/* One that could not be had is tried again at the next time. */
static void change_server(struct session *session, const struct options *fresh)
{
	struct reason why;

	if (is_same_text(server_listen(session->server), fresh->listen))
		return;
	if (metrics_serve(session, fresh->listen, &why))
		say_warning("%s; metrics are served %s", why.text,
			    session->server ? "where they were" : "nowhere");
	else
		metrics_announce(session);
}

static void change_limits(struct session *session, const struct options *fresh)
{
	bool is_any_over_budget = false;

	session->targets->max_functions = fresh->max_functions;
	if (fresh->max_functions > session->functions.n_room)
		say_warning("there is room for %zu functions until gotraced is started anew",
			    session->functions.n_room);
	for (size_t i = 0; i < session->functions.n_used; i++)
		is_any_over_budget |= session->functions.at[i].is_over_budget;
	if (is_any_over_budget)
		say_warning("what was detached to keep within max-overhead stays so until gotraced "
			    "is started anew");
}

/* What is taken of calls was compiled into the programs that take it. */
static void keep_calls(struct options *options, struct options *fresh)
{
	struct options_calls given = fresh->calls;

	fresh->calls = options->calls;
	options->calls = given;
}

int reload(struct session *session, struct options *options, struct reason *why)
{
	struct options fresh;
	int err;

	if (options_reread(options, &fresh, say_warning)) {
		say_warning("the configuration is wrong, and all stays as it was");
		reopen(session->output);
		return 0;
	}
	change_limits(session, &fresh);
	say_what_must_wait(options, &fresh);
	err = change_targets(session, &fresh, why);
	if (!err)
		add_targets(session, &fresh);
	change_output(session, options, &fresh);
	change_server(session, &fresh);
	keep_calls(options, &fresh);
	options_fini(options);
	*options = fresh;
	if (!err)
		say("the configuration is read again");
	return err;
}
