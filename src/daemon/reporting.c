/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/reporting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/say.h"

/* A report that is being made, of all functions or of those that leave. */
struct making {
	struct session *session;
	enum report_kind kind;
	enum stats_span span;
	struct moment at;
	bool is_of_leaving;
};

static enum report_state state_of(const struct function *function)
{
	if (function->is_over_budget)
		return REPORT_OVER_BUDGET;
	return function->n_builds ? REPORT_TRACED : REPORT_GONE;
}

/* Describes the target's functions. Returns how many they are. */
static size_t describe(const struct making *making, const struct target *target,
		       struct report_function *ret)
{
	const struct session *session = making->session;
	size_t n = 0;

	for (uint32_t i = 0; i < session->functions.n_used; i++) {
		const struct function *function = &session->functions.at[i];

		if (function->target != target || (making->is_of_leaving && !function->is_leaving))
			continue;
		ret[n++] = (struct report_function){
			.name = function->name,
			.nth = function->nth,
			.index = i,
			.cost = function->cost,
			.state = state_of(function),
			.seconds = (double)function_traced_ns(function, making->span,
							      making->at.monotonic_ns) /
				   1e9,
		};
	}
	return n;
}

static struct report report_on(const struct making *making, const struct target *target,
			       struct report_function *functions)
{
	const struct session *session = making->session;
	const struct moment *since = &session->started[making->span];
	uint64_t ns = making->at.monotonic_ns - since->monotonic_ns;
	struct report report = {
		.kind = making->kind,
		.target = target->name,
		.binary = target_binary(target),
		.labels = target->labels,
		.n_labels = target->wanted->n_labels,
		.started_ns = since->realtime_ns,
		.ended_ns = making->at.realtime_ns,
		.seconds = (double)(ns ? ns : 1) / 1e9,
		.n_changes = target->n_changes[making->span],
		.changed_ns = target->changed_ns,
		.stats = &session->stats,
		.functions = functions,
		.n_functions = describe(making, target, functions),
		.graph = session->details && making->span == STATS_TOTAL
				 ? details_graph(session->details)
				 : NULL,
		.by = session->by,
		.is_calibrated = session->is_calibrated,
		.n_skipped = session->n_skipped,
	};

	report_sum_costs(&report);
	return report;
}

static int use_target(const struct making *making, const struct target *target, reporting_use *use,
		      void *context)
{
	const struct report report = report_on(making, target, making->session->reported);

	return report.n_functions ? use(context, &report) : 0;
}

static int use_all(const struct making *making, reporting_use *use, void *context)
{
	const struct targets *targets = making->session->targets;
	int err = 0;

	for (size_t i = 0; i < targets->n && !err; i++)
		err = use_target(making, targets->at[i], use, context);
	return err;
}

static struct making make(struct session *session, enum report_kind kind)
{
	return (struct making){
		.session = session,
		.kind = kind,
		.span = kind == REPORT_INTERVAL ? STATS_INTERVAL : STATS_TOTAL,
		.at = moment_now(),
	};
}

/* What is added up by its reader gets intervals only. */
static struct making make_written(struct session *session, enum report_kind kind)
{
	return make(session, session->output->format->is_added_up ? REPORT_INTERVAL : kind);
}

int reporting_all(struct session *session, enum report_kind kind, struct report **ret,
		  size_t *ret_n, struct reason *why)
{
	const struct making making = make(session, kind);
	const struct targets *targets = session->targets;
	struct report_function *functions = session->reported;
	struct report *reports;
	int err = session_take_over(session, why);

	if (err)
		return err;
	reports = calloc(targets->n + 1, sizeof(*reports));
	if (!reports)
		return reason_set(why, -ENOMEM, "out of memory for a report");
	for (size_t i = 0; i < targets->n; i++) {
		reports[i] = report_on(&making, targets->at[i], functions);
		functions += reports[i].n_functions;
	}
	*ret = reports;
	*ret_n = targets->n;
	return 0;
}

static int print(void *context, const struct report *report)
{
	struct output *output = context;

	return output->format->calls(output->to, report, &output->style);
}

/* Prints and writes; *ret_failure: the report could not be written, although it could be made. */
static int write_made(const struct making *making, const struct target *of_one, int *ret_failure,
		      struct reason *why)
{
	struct output *output = making->session->output;
	int err;

	*ret_failure =
		output_begin(output, making->session->started[making->span].realtime_ns, why);
	if (*ret_failure)
		return 0;
	err = of_one ? use_target(making, of_one, print, output) : use_all(making, print, output);
	if (err == -ENOMEM)
		return reason_set(why, err, "out of memory for a report");
	*ret_failure = err ? reason_set(why, err, "cannot write the report: %s", strerror(-err))
			   : output_write(output, why);
	return 0;
}

static int write_report(const struct making *making, int *ret_failure, struct reason *why)
{
	int err = session_take_over(making->session, why);

	return err ? err : write_made(making, NULL, ret_failure, why);
}

/* Says so once, until it works again. */
static void note_failure(struct output *output, int failure, const struct reason *why)
{
	if (failure && !output->has_failed)
		say_warning(
			"%s; trying again at each report, with nothing lost but the division into "
			"intervals",
			why->text);
	else if (!failure && output->has_failed)
		say("%s can be written to again", output->name);
	output->has_failed = failure != 0;
}

static int next_interval(struct session *session, struct moment at, struct reason *why)
{
	session_begin_span(session, STATS_INTERVAL, at);
	return stats_next_interval(&session->stats)
		       ? reason_set(why, -ENOMEM, "out of memory for a histogram")
		       : 0;
}

int reporting_look(struct session *session, reporting_use *use, void *context, struct reason *why)
{
	const struct making interval = make(session, REPORT_INTERVAL);
	struct making total = make(session, REPORT_CUMULATIVE);
	int err = session_take_over(session, why);

	if (err)
		return err;
	total.at = interval.at;
	err = use_all(&interval, use, context);
	if (!err)
		err = use_all(&total, use, context);
	return err ? reason_set(why, err, "out of memory for a report")
		   : next_interval(session, interval.at, why);
}

int reporting_write(struct session *session, enum report_kind kind, bool *ret_is_written,
		    struct reason *why)
{
	const struct making making = make_written(session, kind);
	int failure, err = write_report(&making, &failure, why);

	if (err)
		return err;
	if (failure == -EPIPE && session->ends_unheard)
		return failure;
	note_failure(session->output, failure, why);
	if (ret_is_written)
		*ret_is_written = !failure;
	if (failure || making.kind != REPORT_INTERVAL)
		return 0;
	return next_interval(session, making.at, why);
}

int reporting_write_leaving(struct session *session, const struct target *target,
			    bool *ret_is_written, struct reason *why)
{
	struct making making = make_written(session, REPORT_FINAL);
	int err, failure;

	making.is_of_leaving = true;
	session->is_settling = true;
	err = session_take_over(session, why);
	session->is_settling = false;
	if (!err)
		err = write_made(&making, target, &failure, why);
	if (err)
		return err;
	note_failure(session->output, failure, why);
	*ret_is_written = !failure;
	return 0;
}

int reporting_finish(struct session *session, bool detaches, struct reason *why)
{
	struct making interval = make(session, REPORT_INTERVAL),
		      final = make(session, REPORT_FINAL);
	bool is_added_up = session->output->format->is_added_up;
	int err = 0, failure = 0;

	final.at = interval.at;
	if (detaches)
		tracer_detach(session->tracer);
	else if (tracer_stop(session->tracer))
		return reason_set(why, -EIO, "cannot wait for the end of the probes' programs");
	session->is_over = true;
	if (session->has_intervals || is_added_up)
		err = write_report(&interval, &failure, why);
	if (!err && !failure && !is_added_up)
		err = write_report(&final, &failure, why);
	if (!err && !failure)
		failure = output_finish(session->output, why);
	if (!err && session->details) {
		struct reason what;
		int unwritten = details_finish(session->details, session, failure ? &what : why);

		failure = failure ? failure : unwritten;
	}
	return err ? err : failure;
}
