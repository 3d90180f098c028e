/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void on_call(void *context, uint32_t function, uint64_t duration_ns)
{
	struct session *session = context;

	if (session->detached_ns[function])
		return;
	if (stats_record(&session->stats, function, duration_ns))
		session->is_out_of_memory = true;
}

static void on_overflow(void *context, uint32_t function, uint32_t part,
			const struct overflow_part *durations)
{
	struct session *session = context;

	if (session->detached_ns[function])
		return;
	if (stats_add_part(&session->stats, function, part, durations))
		session->is_out_of_memory = true;
}

int session_init(struct session *session, const struct targets *targets, struct output *output,
		 const struct tracer_params *params, struct reason *why)
{
	const struct tracer_sink sink = { session, on_call, on_overflow };
	struct kernel kernel;
	int err;

	*session = (struct session){ .targets = targets, .output = output };
	err = kernel_init(&kernel, why);
	if (err)
		return err;
	err = stats_init(&session->stats, params->n_functions);
	session->functions = calloc(params->n_functions, sizeof(*session->functions));
	session->detached_ns = calloc(params->n_functions, sizeof(*session->detached_ns));
	if (err || !session->functions || !session->detached_ns) {
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
	tracer_close(session->tracer);
	stats_fini(&session->stats);
	free(session->functions);
	free(session->detached_ns);
	*session = (struct session){ 0 };
}

int session_calibrate(struct session *session, struct reason *why)
{
	const struct targets *targets = session->targets;
	bool is_wanted[N_ENTRY_KINDS] = { 0 };
	int err;

	for (size_t i = 0; i < targets->n; i++)
		for (size_t k = 0; k < targets->at[i].plan.n_functions; k++)
			if (!targets->at[i].plan.functions[k].refusal)
				is_wanted[targets->at[i].plan.functions[k].entry_kind] = true;
	err = calibrate(session->tracer, is_wanted, &session->calibration, why);
	session->is_calibrated = !err;
	return err;
}

/* What reports say of each function, whenever they are made. */
static void describe_functions(struct session *session)
{
	const struct targets *targets = session->targets;
	struct report_function *function = session->functions;

	for (size_t i = 0; i < targets->n; i++) {
		const struct plan *plan = &targets->at[i].plan;

		for (size_t k = 0; k < plan->n_functions; k++) {
			const struct plan_function *planned = &plan->functions[k];

			if (!planned->refusal)
				*function++ = (struct report_function){
					.name = planned->function->name,
					.cost = session->calibration.of[planned->entry_kind],
				};
		}
	}
}

int session_attach(struct session *session, struct reason *why)
{
	const struct targets *targets = session->targets;
	int err = 0;

	for (size_t i = 0; i < targets->n && !err; i++)
		if (targets->at[i].plan.n_traced > 0)
			err = tracer_attach(session->tracer, &targets->at[i].plan,
					    targets->at[i].first_function, why);
	describe_functions(session);
	if (!err)
		tracer_start(session->tracer);
	return err;
}

void session_start(struct session *session)
{
	session->started_ns = session->interval_started_ns = kernel_now_ns();
}

int session_drain(struct session *session, struct reason *why)
{
	int err = tracer_drain(session->tracer);

	if (!err)
		err = tracer_drain_overflow(session->tracer);

	if (err)
		return reason_set(why, err, "cannot read what was measured: %s", strerror(-err));
	tracer_sweep(session->tracer);
	if (session->is_out_of_memory)
		return reason_set(why, -ENOMEM, "out of memory for a histogram");
	return 0;
}

int session_read_counters(struct session *session, struct reason *why)
{
	for (uint32_t i = 0; i < session->stats.n_functions; i++) {
		struct call_counters counters;
		int err;

		if (session->detached_ns[i])
			continue;
		err = tracer_read_counters(session->tracer, i, &counters);
		if (err)
			return reason_set(why, err, "cannot read the counters: %s", strerror(-err));
		stats_set_counters(&session->stats, i, &counters);
	}
	return 0;
}

/* Of a span, the part during which a function was traced. */
static void set_span(struct report_function *function, uint64_t since_ns, uint64_t at_ns,
		     uint64_t detached_ns)
{
	uint64_t until_ns = detached_ns && detached_ns < at_ns ? detached_ns : at_ns;

	function->is_detached = until_ns < at_ns;
	function->seconds = (double)(until_ns > since_ns ? until_ns - since_ns : 0) / 1e9;
}

static int write_report(struct session *session, enum report_kind kind, uint64_t at_ns,
			struct reason *why)
{
	const struct targets *targets = session->targets;
	struct output *output = session->output;
	uint64_t since_ns =
		kind == REPORT_INTERVAL ? session->interval_started_ns : session->started_ns;
	uint64_t n_skipped = tracer_n_skipped(session->tracer);

	for (size_t i = 0; i < session->stats.n_functions; i++)
		set_span(&session->functions[i], since_ns, at_ns, session->detached_ns[i]);
	for (size_t i = 0; i < targets->n; i++) {
		const struct target *target = &targets->at[i];
		struct report report = {
			.kind = kind,
			.binary = target->name,
			.seconds = (double)(at_ns > since_ns ? at_ns - since_ns : 1) / 1e9,
			.stats = &session->stats,
			.first_function = target->first_function,
			.n_functions = target->plan.n_traced,
			.functions = &session->functions[target->first_function],
			.is_calibrated = session->is_calibrated,
			.n_skipped = n_skipped,
		};

		report_sum_costs(&report);
		if (report.n_functions > 0 &&
		    output->format->calls(output->to, &report, &output->style))
			return reason_set(why, -ENOMEM, "out of memory for a report");
	}
	return output_flush(output, why);
}

/* Takes over all that was measured until at_ns and reports it. */
static int report_at(struct session *session, enum report_kind kind, uint64_t at_ns,
		     struct reason *why)
{
	int err;

	err = session_drain(session, why);
	if (!err)
		err = session_read_counters(session, why);
	return err ? err : write_report(session, kind, at_ns, why);
}

static const struct target *target_of(const struct targets *targets, uint32_t function)
{
	const struct target *target = targets->at;

	while (function - target->first_function >= target->plan.n_traced)
		target++;
	return target;
}

int session_detach_function(struct session *session, uint32_t function, struct reason *why)
{
	const struct target *target = target_of(session->targets, function);
	int err;

	err = session_drain(session, why);
	if (!err)
		err = session_read_counters(session, why);
	if (err)
		return err;
	session->detached_ns[function] = kernel_now_ns();
	return tracer_detach_function(session->tracer, &target->plan, target->first_function,
				      function, why);
}

int session_report(struct session *session, enum report_kind kind, struct reason *why)
{
	uint64_t at_ns = kernel_now_ns();
	int err = report_at(session, kind, at_ns, why);

	if (err || kind != REPORT_INTERVAL)
		return err;
	session->interval_started_ns = at_ns;
	if (stats_next_interval(&session->stats))
		return reason_set(why, -ENOMEM, "out of memory for a histogram");
	return 0;
}

int session_finish(struct session *session, bool detaches, struct reason *why)
{
	uint64_t at_ns = kernel_now_ns();

	if (detaches)
		tracer_detach(session->tracer);
	else if (tracer_stop(session->tracer))
		return reason_set(why, -EIO, "cannot wait for the end of the probes' programs");
	if (session->has_intervals) {
		int err = report_at(session, REPORT_INTERVAL, at_ns, why);

		if (err)
			return err;
	}
	return report_at(session, REPORT_FINAL, at_ns, why);
}
