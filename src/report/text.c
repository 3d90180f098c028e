/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report/human.h"
#include "report/report.h"
#include "report/text_call.h"
#include "report/text_function.h"
#include "report/text_graph.h"
#include "report/text_plan.h"
#include "report/text_split.h"
#include "report/text_tree.h"

enum { MAX_IDLE_NAMED = 20 };

struct ranked {
	uint32_t function;
	uint64_t sum_ns;
};

static int by_sum(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->sum_ns != y->sum_ns)
		return x->sum_ns < y->sum_ns ? 1 : -1;
	return x->function < y->function ? -1 : 1;
}

/* "1.05 µs", or "1.05 µs to 9.80 µs" where functions differ. */
static void print_range(FILE *to, uint32_t least_ns, uint32_t most_ns,
			const struct report_style *style)
{
	struct human least, most;

	fputs(human_time(&least, least_ns, style->is_utf8), to);
	if (most_ns > least_ns)
		fprintf(to, " to %s", human_time(&most, most_ns, style->is_utf8));
}

static void print_cost(FILE *to, const struct report *report, const struct report_style *style)
{
	struct probe_cost least = { UINT32_MAX, UINT32_MAX }, most = { 0 };

	for (size_t i = 0; i < report->n_functions; i++) {
		struct probe_cost cost = report->functions[i].cost;

		least.call_ns = cost.call_ns < least.call_ns ? cost.call_ns : least.call_ns;
		least.bias_ns = cost.bias_ns < least.bias_ns ? cost.bias_ns : least.bias_ns;
		most.call_ns = cost.call_ns > most.call_ns ? cost.call_ns : most.call_ns;
		most.bias_ns = cost.bias_ns > most.bias_ns ? cost.bias_ns : most.bias_ns;
	}
	fputs("tracing costs ", to);
	print_range(to, least.call_ns, most.call_ns, style);
	fputs(" a call, ", to);
	print_range(to, least.bias_ns, most.bias_ns, style);
	fprintf(to, " of it within the times below; %.3g%% of a CPU in all\n",
		(double)report->overhead_ns / report->seconds / 1e9 * 100);
}

/* By the clock on the wall. */
static void print_moment(FILE *to, const char *what, uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	char text[32] = "";
	struct tm local;

	localtime_r(&seconds, &local);
	strftime(text, sizeof(text), "%F %T", &local);
	fprintf(to, "%s %s", what, text);
}

static void print_header(FILE *to, const struct report *report, const struct report_style *style)
{
	static const char *const spans[] = {
		[REPORT_INTERVAL] = "the last",
		[REPORT_CUMULATIVE] = "so far,",
		[REPORT_DUMP] = "so far,",
		[REPORT_FINAL] = "in all,",
	};
	struct human span;

	fprintf(to, "\n%s", report->target);
	if (strcmp(report->target, report->binary) != 0)
		fprintf(to, " (%s)", report->binary);
	fprintf(to, ": %s %s", spans[report->kind],
		human_time(&span, (uint64_t)(report->seconds * 1e9), style->is_utf8));
	if (report->kind != REPORT_FINAL)
		print_moment(to, ", until", report->ended_ns);
	for (size_t i = 0; i < report->n_labels; i++)
		fprintf(to, "%s%s=%s", i ? ", " : "\n", report->labels[i].name,
			report->labels[i].value);
	if (report->n_changes) {
		fprintf(to, "\nanother build came %u time%s,", report->n_changes,
			report->n_changes == 1 ? "" : "s");
		print_moment(to, " last at", report->changed_ns);
	}
	fputc('\n', to);
	if (report->is_calibrated)
		print_cost(to, report, style);
	if (report->n_skipped)
		fprintf(to, "the kernel left out %lu runs of the probes' programs\n",
			report->n_skipped);
}

/* The functions by the time spent in them, and last those in which nothing happened. */
static int print_calls(FILE *to, const struct report *report, const struct report_style *style)
{
	size_t n = report->n_functions, n_idle = 0;
	struct ranked *order = calloc(n, sizeof(*order));
	uint32_t *idle = calloc(n, sizeof(*idle));
	struct figures figures;
	int err = 0;

	if (!order || !idle) {
		free(order);
		free(idle);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < n; i++) {
		report_figures(report, i, &figures);
		order[i] = (struct ranked){ i, figures.durations.sum_ns };
	}
	qsort(order, n, sizeof(*order), by_sum);
	print_header(to, report, style);
	for (size_t i = 0; i < n && !err; i++) {
		report_figures(report, order[i].function, &figures);
		if (report_is_idle(&figures)) {
			idle[n_idle++] = order[i].function;
			continue;
		}
		text_print_function(to, report, &report->functions[order[i].function], &figures,
				    style);
		if (report->by && figures.durations.n)
			err = text_print_split(to, report, order[i].function, style);
	}
	if (!err && report->graph)
		err = text_print_graph(to, report, style);
	if (n_idle)
		fprintf(to, "\nnot called: %zu function%s\n", n_idle, n_idle == 1 ? "" : "s");
	for (size_t i = 0; i < n_idle && i < MAX_IDLE_NAMED; i++)
		fprintf(to, "  %s\n", report->functions[idle[i]].name);
	if (n_idle > MAX_IDLE_NAMED)
		fprintf(to, "  and %zu more\n", n_idle - MAX_IDLE_NAMED);
	free(order);
	free(idle);
	return err;
}

const struct report_format report_text = {
	.calls = print_calls,
	.call = text_print_call,
	.values = text_print_values,
	.tree = text_print_tree,
	.omitted = text_print_omitted,
	.plan = text_print_plan,
	.list = text_print_list,
	.summary = text_print_summary,
};
