/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/call_lines.h"

#include <errno.h>
#include <stdlib.h>

#include "daemon/call_values.h"
#include "daemon/line_limit.h"
#include "daemon/say.h"
#include "daemon/session.h"

struct call_lines {
	const struct options_calls *wanted;
	uint64_t realtime_ahead_ns; /* of CLOCK_MONOTONIC */
	struct line_limit limit; /* where the kernel tells of more calls than are printed */
	uint64_t n_over_limit;
	uint64_t n_lost;
	struct tracer_omissions told;
	uint64_t untold_since_ns; /* when there began to be more to tell of; 0: there is not */
	struct call_values values; /* of a call */
	int failure; /* of this drain's output */
	bool has_failed; /* that of the last one */
	struct reason why_failed;
};

int call_lines_new(struct call_lines **ret, const struct options_calls *wanted)
{
	*ret = calloc(1, sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	(*ret)->wanted = wanted;
	(*ret)->limit.max_lines = wanted->max_lines;
	return 0;
}

void call_lines_free(struct call_lines *lines)
{
	if (!lines)
		return;
	call_values_fini(&lines->values);
	free(lines);
}

void call_lines_begin(struct call_lines *lines, struct session *session)
{
	const struct moment now = moment_now();

	lines->realtime_ahead_ns = now.realtime_ns - now.monotonic_ns;
	lines->failure = output_begin(session->output, session->started[STATS_TOTAL].realtime_ns,
				      &lines->why_failed);
}

int call_lines_print(struct call_lines *lines, const struct session *session,
		     struct inspector *inspector, const struct call_detail *detail)
{
	const struct function *function = &session->functions.at[detail->function];
	struct output *output = session->output;
	struct report_call call = {
		.function = function->name,
		.started_ns = detail->start_ns + lines->realtime_ahead_ns,
		.duration_ns = detail->duration_ns,
		.goroutine = detail->goid,
		.is_goroutine_known = detail->goid != UINT64_MAX,
		.process = detail->process,
		.thread = detail->thread,
		.is_unwound = detail->end == END_UNWOUND,
	};
	int err;

	if (lines->failure || !function->target ||
	    detail->duration_ns < lines->wanted->slower_than_ns)
		return 0;
	if (!line_limit_allows(&lines->limit, 1, detail->start_ns + detail->duration_ns)) {
		lines->n_over_limit++;
		return 0;
	}
	call.target = function->target->name;
	if (lines->wanted->have_stacks) {
		call.is_stack_wanted = true;
		call.is_stack_known = inspected_has_stack(inspector);
		call.n_frames = inspected_frames(inspector, &call.frames);
	}
	err = call_values_take(&lines->values, inspector, &call);
	return err ? err : output->format->call(output->to, &call, &output->style);
}

int call_lines_print_tree(struct call_lines *lines, const struct session *session,
			  const struct report_tree *tree)
{
	struct output *output = session->output;

	return lines->failure ? 0 : output->format->tree(output->to, tree, &output->style);
}

void call_lines_leave_out(struct call_lines *lines, uint64_t n_calls)
{
	lines->n_over_limit += n_calls;
}

/* A second after there was something to tell of, so that it is not told of at each drain. */
static int print_omitted(struct call_lines *lines, const struct session *session)
{
	const uint64_t every_ns = 1000000000, now_ns = kernel_now_ns();
	const struct tracer_omissions now = tracer_omissions(session->tracer);
	const struct report_omitted omitted = {
		.n_over_limit = now.n_over_limit - lines->told.n_over_limit + lines->n_over_limit,
		.n_dropped = now.n_dropped - lines->told.n_dropped + lines->n_lost,
		.max_lines = lines->wanted->max_lines,
	};
	struct output *output = session->output;

	if (!omitted.n_over_limit && !omitted.n_dropped)
		return 0;
	if (!lines->untold_since_ns)
		lines->untold_since_ns = now_ns;
	if (now_ns - lines->untold_since_ns < every_ns && !session->is_over)
		return 0;
	lines->untold_since_ns = 0;
	lines->told = now;
	lines->n_over_limit = lines->n_lost = 0;
	return output->format->omitted(output->to, &omitted);
}

int call_lines_end(struct call_lines *lines, struct session *session, uint64_t n_lost,
		   struct reason *why)
{
	int err;

	lines->n_lost += n_lost;
	err = lines->failure ? 0 : print_omitted(lines, session);
	if (err)
		return reason_set(why, err, "out of memory for printing calls");
	if (!lines->failure)
		lines->failure = output_write(session->output, &lines->why_failed);
	if (lines->failure == -EPIPE && session->ends_unheard) {
		*why = lines->why_failed;
		return lines->failure;
	}
	if (lines->failure && !lines->has_failed)
		say_warning("%s; calls are not printed meanwhile", lines->why_failed.text);
	lines->has_failed = lines->failure != 0;
	return 0;
}
