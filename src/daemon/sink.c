/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/sink.h"

#include "daemon/session.h"

void session_record(struct session *session, uint32_t function, const char *by,
		    uint64_t duration_ns)
{
	if (session->functions.at[function].is_over_budget)
		return;
	if (stats_record_as(&session->stats, function, by, duration_ns))
		session->is_out_of_memory = true;
}

/* Calls of which nothing is known but how long they took. */
static void miss(struct session *session, uint32_t function, uint64_t n_calls, uint64_t sum_ns)
{
	const struct function *of = &session->functions.at[function];

	if (session->details && !of->is_over_budget &&
	    details_miss(session->details, function, of->name, n_calls, sum_ns))
		session->is_out_of_memory = true;
}

static void on_call(void *context, uint32_t function, uint64_t duration_ns)
{
	session_record(context, function, NULL, duration_ns);
	miss(context, function, 1, duration_ns);
}

/* What tells a call apart is known when its values are. */
static void on_detail(void *context, const struct call_detail *detail)
{
	struct session *session = context;
	bool is_kept = session->details && details_keep(session->details, detail);

	if (detail->end != END_RETURNED)
		return;
	if (!is_kept)
		on_call(context, detail->function, detail->duration_ns);
	else if (!session->by)
		session_record(session, detail->function, NULL, detail->duration_ns);
}

static void on_overflow(void *context, uint32_t function, uint32_t part,
			const struct overflow_part *durations)
{
	struct session *session = context;
	uint64_t n_calls = 0;

	if (session->functions.at[function].is_over_budget)
		return;
	if (stats_add_part(&session->stats, function, part, durations))
		session->is_out_of_memory = true;
	for (size_t i = 0; i < OVERFLOW_BUCKETS; i++)
		n_calls += durations->counts[i];
	miss(session, function, n_calls, durations->sum_ns);
}

struct tracer_sink sink_of(struct session *session)
{
	return (struct tracer_sink){ session, on_call, on_detail, on_overflow };
}
