/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/budget.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/say.h"
#include "report/human.h"

/*
 * How the cost is known
 * =====================
 *
 * The BPF programs count the traced calls of each process, which is cheap to look at. What a call
 * costs is known from calibration, so that a glance tells when the busiest process might be above
 * the limit. Only then the counters of the functions are read, at this look and at the next, and
 * what the functions' calls between the two have cost is taken for what they go on to cost.
 */
enum { WARN_PERCENT = 10 };

static const uint64_t shortest_ns = 500000000; /* between two looks, to know a rate by */

int budget_init(struct budget *budget, const struct session *session, double max_percent)
{
	*budget = (struct budget){
		.max_percent = max_percent,
		.looked_ns = kernel_now_ns(),
		.entered = calloc(session->stats.n_functions, sizeof(*budget->entered)),
		.cost_ns = calloc(session->stats.n_functions, sizeof(*budget->cost_ns)),
	};
	tracer_read_loads(session->tracer, budget->calls);
	return budget->entered && budget->cost_ns ? 0 : -ENOMEM;
}

void budget_fini(struct budget *budget)
{
	free(budget->entered);
	free(budget->cost_ns);
	*budget = (struct budget){ 0 };
}

/* How often the entry of a function was hit. */
static uint64_t entered(const struct session *session, uint32_t function)
{
	const struct call_counters *now = &session->stats.functions[function].now;

	return now->n[CALL_STARTED] + now->n[CALL_NOT_STARTED];
}

static bool is_probed(const struct function *function)
{
	return function->target && !function->is_over_budget;
}

/* Replaces the calls until the last look by what those since then have cost, in ns. */
static void price(struct budget *budget, const struct session *session)
{
	for (uint32_t i = 0; i < session->functions.n_used; i++) {
		const struct function *function = &session->functions.at[i];
		uint64_t now = entered(session, i), before = budget->entered[i];
		/* Less than before: the place is another function's now. */
		uint64_t n = now < before ? now : now - before;

		budget->entered[i] = now;
		budget->cost_ns[i] = is_probed(function) ? (double)n * function->cost.call_ns : 0;
	}
}

/* How many calls the busiest process made since the last look, and what share of all that is. */
static uint64_t busiest(struct budget *budget, const struct session *session, double *share)
{
	uint64_t calls[LOAD_PROCESSES], most = 0, all = 0;

	tracer_read_loads(session->tracer, calls);
	for (size_t i = 0; i < LOAD_PROCESSES; i++) {
		uint64_t n = calls[i] - budget->calls[i];

		most = n > most ? n : most;
		all += n;
	}
	memcpy(budget->calls, calls, sizeof(calls));
	*share = all ? (double)most / (double)all : 0;
	return most;
}

static uint32_t dearest_call_ns(const struct session *session)
{
	uint32_t dearest = 0;

	for (size_t i = 0; i < session->functions.n_used; i++) {
		const struct function *function = &session->functions.at[i];

		if (is_probed(function) && function->cost.call_ns > dearest)
			dearest = function->cost.call_ns;
	}
	return dearest;
}

static uint32_t dearest_function(const struct budget *budget, const struct session *session)
{
	uint32_t dearest = 0;

	for (uint32_t i = 1; i < session->functions.n_used; i++)
		if (budget->cost_ns[i] > budget->cost_ns[dearest])
			dearest = i;
	return dearest;
}

static void say_detached(const struct function *function, double per_second, double percent,
			 double max_percent)
{
	struct human rate, cost;

	say_warning("detached %s: %s calls/s at some %s each took %.3g%% of a CPU, and all that is "
		    "traced "
		    "shall take %g%% (--max-overhead); its figures so far stay in the report",
		    function->name, human_rate(&rate, per_second),
		    human_time(&cost, function->cost.call_ns, false), percent, max_percent);
}

static bool is_anything_traced(const struct session *session)
{
	for (size_t i = 0; i < session->functions.n_used; i++)
		if (is_probed(&session->functions.at[i]))
			return true;
	return false;
}

/* ns is the time that the calls since the last look are spread over. */
static int cut_down(struct budget *budget, struct session *session, double percent, double share,
		    uint64_t ns, struct reason *why)
{
	int err = 0;

	while (percent > budget->max_percent) {
		uint32_t dearest = dearest_function(budget, session);
		const struct function *function = &session->functions.at[dearest];
		double its_percent = budget->cost_ns[dearest] * share / (double)ns * 100;

		if (its_percent <= 0)
			break;
		err = session_detach_function(session, dearest, why);
		if (err)
			break;
		say_detached(function, its_percent / 100 * 1e9 / (double)function->cost.call_ns,
			     its_percent, budget->max_percent);
		budget->cost_ns[dearest] = 0;
		percent -= its_percent;
	}
	if (!err && !is_anything_traced(session))
		say_warning("nothing is traced any more: allow more by --max-overhead, or trace "
			    "functions "
			    "that are called less");
	return err;
}

static int act(struct budget *budget, struct session *session, double share, uint64_t ns,
	       struct reason *why)
{
	double cost_ns = 0, percent;

	for (uint32_t i = 0; i < session->functions.n_used; i++)
		cost_ns += budget->cost_ns[i];
	percent = cost_ns * share / (double)ns * 100;
	if (budget->max_percent > 0)
		return cut_down(budget, session, percent, share, ns, why);
	if (percent > WARN_PERCENT && !budget->has_warned) {
		say_warning(
			"tracing takes some %.3g%% of a CPU from a traced process; --max-overhead "
			"PERCENT sets a limit",
			percent);
		budget->has_warned = true;
	}
	return 0;
}

int budget_look(struct budget *budget, struct session *session, struct reason *why)
{
	double limit = budget->max_percent > 0 ? budget->max_percent : WARN_PERCENT, share;
	uint64_t at_ns = kernel_now_ns(), ns = at_ns - budget->looked_ns;
	bool has_watched = budget->is_watching;
	int err;

	if (!session->is_calibrated || ns < shortest_ns ||
	    (budget->max_percent <= 0 && budget->has_warned))
		return 0;
	budget->looked_ns = at_ns;
	budget->is_watching = (double)busiest(budget, session, &share) * dearest_call_ns(session) /
				      (double)ns * 100 >
			      limit;
	if (!budget->is_watching)
		return 0;
	err = session_read_counters(session, why);
	if (err)
		return err;
	price(budget, session);
	return has_watched ? act(budget, session, share, ns, why) : 0;
}
