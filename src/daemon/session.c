/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/sink.h"

int session_init(struct session *session, struct targets *targets, struct output *output,
		 const struct tracer_params *params, struct reason *why)
{
	const struct tracer_sink sink = sink_of(session);
	struct kernel kernel;
	int err;

	*session = (struct session){ .targets = targets, .output = output };
	err = kernel_init(&kernel, why);
	if (err)
		return err;
	err = stats_init(&session->stats, params->n_functions);
	if (!err)
		err = functions_init(&session->functions, params->n_functions);
	session->reported = calloc(params->n_functions, sizeof(*session->reported));
	if (err || !session->reported) {
		session_fini(session);
		return reason_set(why, -ENOMEM, "out of memory for %zu functions",
				  params->n_functions);
	}
	err = tracer_open(&session->tracer, params, &kernel, &sink, why);
	if (err)
		session_fini(session);
	return err;
}

void session_fini(struct session *session)
{
	server_close(session->server);
	details_free(session->details);
	tracer_close(session->tracer);
	stats_fini(&session->stats);
	functions_fini(&session->functions);
	free(session->reported);
	*session = (struct session){ 0 };
}

/* Calls cost as much as that of which the most is taken. */
static const struct fetch_program *dearest_program(const struct targets *targets)
{
	const struct fetch_program *dearest = NULL;
	int most = -1;

	for (size_t i = 0; i < targets->n; i++)
		for (size_t k = 0; k < targets->at[i]->n_builds; k++) {
			const struct captures *captures = &targets->at[i]->builds[k]->captures;

			for (size_t m = 0; captures->programs && m < captures->n; m++) {
				const struct fetch_program *one = captures->programs[m];

				if (one->at_entry.n_steps + one->at_return.n_steps <= most)
					continue;
				dearest = one;
				most = one->at_entry.n_steps + one->at_return.n_steps;
			}
		}
	return dearest;
}

int session_calibrate(struct session *session, struct reason *why)
{
	int err = calibrate(session->tracer, dearest_program(session->targets),
			    &session->calibration, why);

	session->is_calibrated = !err;
	return err;
}

static int out_of_memory(struct reason *why)
{
	return reason_set(why, -ENOMEM, "out of memory for a histogram");
}

static void forget(struct session *session, uint32_t function)
{
	stats_forget(&session->stats, function);
	if (session->details && details_forget(session->details, function))
		session->is_out_of_memory = true;
}

/* Finds the functions that a build's plan traces; places that others had are made empty. */
static int assign(struct session *session, const struct target *target, const struct build *build,
		  uint32_t **ret, struct reason *why)
{
	/* Probes that are being taken away may still count. */
	bool may_reuse = !tracer_is_detaching(session->tracer);
	int err = functions_assign(&session->functions, target, &build->plan, may_reuse, ret, why);

	for (size_t i = 0; i < build->plan.n_traced && !err; i++) {
		struct function *function = &session->functions.at[(*ret)[i]];

		if (!function->was_used)
			continue;
		function->was_used = false;
		forget(session, (*ret)[i]);
		err = tracer_reset_counters(session->tracer, (*ret)[i]);
		if (err)
			reason_set(why, err, "cannot reset counters: %s", strerror(-err));
	}
	return err;
}

/* The functions of a build are probed from now on. */
static void begin_functions(struct session *session, const struct build *build, uint64_t at_ns)
{
	for (size_t i = 0; i < build->plan.n_functions; i++) {
		const struct plan_function *planned = &build->plan.functions[i];
		struct function *function;

		if (planned->refusal || build->functions[planned->index] == NOT_ATTACHED)
			continue;
		function = &session->functions.at[build->functions[planned->index]];
		function->cost = session->calibration.of[planned->entry_kind];
		function_begin(function, at_ns);
	}
}

static void end_functions(struct session *session, const uint32_t *functions, size_t n,
			  uint64_t at_ns)
{
	for (size_t i = 0; i < n; i++)
		if (functions[i] != NOT_ATTACHED)
			function_end(&session->functions.at[functions[i]], at_ns);
}

static int choose_processes(const struct session *session, const struct target *target,
			    struct reason *why)
{
	const struct options_target *wanted = target->wanted;
	int err = 0;

	for (size_t i = 0; i < wanted->n_pids && !err; i++)
		err = tracer_add_process(session->tracer, wanted->pids[i], why);
	return err;
}

/* What is over budget is not probed. */
static void leave_out(const struct session *session, uint32_t *functions, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (session->functions.at[functions[i]].is_over_budget)
			functions[i] = NOT_ATTACHED;
}

/* Has the build's attachment be what its plan and its functions say. */
static int place_probes(struct session *session, const struct target *target, struct build *build,
			const uint32_t *functions, struct reason *why)
{
	const struct attached_plan attached = {
		.plan = &build->plan,
		.functions = functions,
		.is_for_chosen = target->is_for_chosen,
		.programs = build->captures.programs,
		.variant = build->variant,
	};

	if (build->attachment && build->plan.n_traced > 0)
		return tracer_change(session->tracer, build->attachment, &attached, why);
	if (build->attachment)
		tracer_take_away(session->tracer, build->attachment);
	build->attachment = NULL;
	return build->plan.n_traced > 0
		       ? tracer_attach(session->tracer, &attached, &build->attachment, why)
		       : 0;
}

/* A number that no other build of the target's has, which is probed now; with many, one may repeat. */
static uint32_t free_variant(const struct target *target)
{
	uint32_t taken = 0, variant = 0;

	for (size_t i = 0; i < target->n_builds; i++)
		if (target->builds[i]->functions)
			taken |= 1U << target->builds[i]->variant;
	while (variant < FETCH_VARIANTS - 1 && taken >> variant & 1)
		variant++;
	return variant;
}

int session_attach_build(struct session *session, const struct target *target, struct build *build,
			 struct reason *why)
{
	uint32_t *before = build->functions, *functions = NULL;
	size_t n_before = build->n_functions;
	uint64_t at_ns;
	int err = assign(session, target, build, &functions, why);

	if (!build->functions)
		build->variant = free_variant(target);
	if (!err) {
		leave_out(session, functions, build->plan.n_traced);
		err = choose_processes(session, target, why);
	}
	if (!err)
		err = place_probes(session, target, build, functions, why);
	if (err) {
		free(functions);
		functions_remove_new(&session->functions);
		return err;
	}
	build->functions = functions;
	build->n_functions = build->plan.n_traced;
	at_ns = kernel_now_ns();
	begin_functions(session, build, at_ns);
	end_functions(session, before, n_before, at_ns);
	free(before);
	return 0;
}

void session_detach_build(struct session *session, struct build *build)
{
	if (build->attachment)
		tracer_take_away(session->tracer, build->attachment);
	build->attachment = NULL;
	end_functions(session, build->functions, build->n_functions, kernel_now_ns());
	free(build->functions);
	build->functions = NULL;
	build->n_functions = 0;
}

void session_forget(struct session *session, uint32_t function)
{
	functions_remove(&session->functions, function);
	forget(session, function);
}

int session_attach(struct session *session, struct reason *why)
{
	const struct targets *targets = session->targets;
	int err = 0;

	for (size_t i = 0; i < targets->n && !err; i++)
		for (size_t k = 0; k < targets->at[i]->n_builds && !err; k++)
			err = session_attach_build(session, targets->at[i],
						   targets->at[i]->builds[k], why);
	if (!err)
		tracer_start(session->tracer);
	return err;
}

struct moment moment_now(void)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	return (struct moment){ kernel_now_ns(),
				(uint64_t)wall.tv_sec * 1000000000 + (uint64_t)wall.tv_nsec };
}

void session_begin_span(struct session *session, enum stats_span span, struct moment at)
{
	session->started[span] = at;
	functions_next_span(&session->functions, span, at.monotonic_ns);
	for (size_t i = 0; i < session->targets->n; i++)
		session->targets->at[i]->n_changes[span] = 0;
}

void session_start(struct session *session)
{
	struct moment at = moment_now();

	session_begin_span(session, STATS_TOTAL, at);
	session_begin_span(session, STATS_INTERVAL, at);
}

void session_restart(struct session *session)
{
	stats_restart(&session->stats);
	if (session->details)
		details_restart(session->details);
	session_start(session);
}

int session_drain(struct session *session, struct reason *why)
{
	uint64_t began_ns = kernel_now_ns();
	int err = tracer_drain(session->tracer);

	if (!err)
		err = tracer_drain_overflow(session->tracer);

	if (err)
		return reason_set(why, err, "cannot read what was measured: %s", strerror(-err));
	tracer_sweep(session->tracer);
	if (session->details)
		err = details_use(session->details, session, began_ns, why);
	return !err && session->is_out_of_memory ? out_of_memory(why) : err;
}

int session_read_counters(struct session *session, struct reason *why)
{
	for (uint32_t i = 0; i < session->functions.n_used; i++) {
		const struct function *function = &session->functions.at[i];
		struct call_counters counters;
		int err;

		if (!function->target || function->is_over_budget)
			continue;
		err = tracer_read_counters(session->tracer, i, &counters);
		if (err)
			return reason_set(why, err, "cannot read the counters: %s", strerror(-err));
		stats_set_counters(&session->stats, i, &counters);
	}
	return 0;
}

int session_take_over(struct session *session, struct reason *why)
{
	int err = session_drain(session, why);

	if (!err)
		err = session_read_counters(session, why);
	if (!err)
		session->n_skipped = tracer_n_skipped(session->tracer);
	return err;
}

int session_detach_function(struct session *session, uint32_t function, struct reason *why)
{
	struct function *of = &session->functions.at[function];
	const struct target *target = of->target;
	int err = session_take_over(session, why);

	if (err)
		return err;
	of->is_over_budget = true;
	for (size_t i = 0; i < target->n_builds && !err; i++) {
		struct build *build = target->builds[i];
		bool has_it = false;

		for (size_t k = 0; k < build->n_functions; k++)
			if (build->functions[k] == function) {
				build->functions[k] = NOT_ATTACHED;
				has_it = true;
			}
		if (!has_it)
			continue;
		function_end(of, kernel_now_ns());
		err = place_probes(session, target, build, build->functions, why);
	}
	return err;
}
