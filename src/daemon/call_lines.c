/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/call_lines.h"

#include <errno.h>
#include <stdlib.h>

#include "daemon/say.h"
#include "daemon/session.h"

static const uint64_t NS_PER_SECOND = 1000000000;

struct call_lines {
	const struct options_calls *wanted;
	uint64_t realtime_ahead_ns; /* of CLOCK_MONOTONIC */
	/* Printed since a second began, where the kernel tells of more calls than are printed. */
	uint64_t second_ns, n_in_second, n_over_limit;
	struct tracer_omissions told;
	struct report_value *values; /* room for those of a call; owned */
	size_t n_values_room;
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
	return 0;
}

void call_lines_free(struct call_lines *lines)
{
	if (!lines)
		return;
	free(lines->values);
	free(lines);
}

void call_lines_begin(struct call_lines *lines, struct session *session)
{
	const struct moment now = moment_now();

	lines->realtime_ahead_ns = now.realtime_ns - now.monotonic_ns;
	lines->failure = output_begin(session->output, session->started[STATS_TOTAL].realtime_ns,
				      &lines->why_failed);
}

static bool is_within_limit(struct call_lines *lines, uint64_t ended_ns)
{
	if (ended_ns - lines->second_ns >= NS_PER_SECOND) {
		lines->second_ns = ended_ns;
		lines->n_in_second = 0;
	}
	if (lines->n_in_second++ < lines->wanted->max_lines)
		return true;
	lines->n_over_limit++;
	return false;
}

static const enum report_role roles[] = {
	[CAPTURE_PARAMETER] = REPORT_PARAMETER,
	[CAPTURE_RESULT] = REPORT_RESULT,
	[CAPTURE_SHOWN] = REPORT_SHOWN,
};

/* 0 or -ENOMEM. */
static int add_values(struct call_lines *lines, struct inspector *inspector,
		      struct report_call *call)
{
	const struct capture *capture = inspected_capture(inspector);
	size_t n = capture ? capture->n_values : 0;

	if (n > lines->n_values_room) {
		struct report_value *grown = reallocarray(lines->values, n, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		lines->values = grown;
		lines->n_values_room = n;
	}
	for (size_t i = 0; i < n; i++) {
		const struct captured *captured = &capture->values[i];
		const struct value *value =
			captured->role == CAPTURE_BY ? NULL : inspected_value(inspector, captured);

		if (value)
			lines->values[call->n_values++] = (struct report_value){
				.role = roles[captured->role],
				.label = captured->label,
				.value = value,
			};
	}
	call->values = lines->values;
	return 0;
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
	    detail->duration_ns < lines->wanted->slower_than_ns ||
	    !is_within_limit(lines, detail->start_ns + detail->duration_ns))
		return 0;
	call.target = function->target->name;
	if (lines->wanted->have_stacks) {
		call.is_stack_wanted = true;
		call.is_stack_known = inspected_has_stack(inspector);
		call.n_frames = inspected_frames(inspector, &call.frames);
	}
	err = add_values(lines, inspector, &call);
	return err ? err : output->format->call(output->to, &call, &output->style);
}

static int print_omitted(struct call_lines *lines, const struct session *session, uint64_t n_lost)
{
	const struct tracer_omissions now = tracer_omissions(session->tracer);
	const struct report_omitted omitted = {
		.n_over_limit = now.n_over_limit - lines->told.n_over_limit + lines->n_over_limit,
		.n_dropped = now.n_dropped - lines->told.n_dropped + n_lost,
		.max_lines = lines->wanted->max_lines,
	};
	struct output *output = session->output;

	if (!omitted.n_over_limit && !omitted.n_dropped)
		return 0;
	lines->told = now;
	lines->n_over_limit = 0;
	return output->format->omitted(output->to, &omitted);
}

int call_lines_end(struct call_lines *lines, struct session *session, uint64_t n_lost,
		   struct reason *why)
{
	int err = lines->failure ? 0 : print_omitted(lines, session, n_lost);

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
