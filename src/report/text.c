/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report/human.h"
#include "report/report.h"
#include "report/text_plan.h"

/*
 * The text report: for each function a line with its name, two lines of figures, and its histogram.
 * Neighbouring buckets are put together in powers of two until the histogram is at most MAX_ROWS
 * long, so that calls which take nearly the same time are told apart and calls which do not still
 * fit the screen.
 */
enum {
	MAX_ROWS = 20,
	LABELS_COLUMNS = 47, /* what stands before a bar */
	MIN_BAR_COLUMNS = 8,
	MAX_BAR_COLUMNS = 100,
	EIGHTHS = 8, /* a UTF-8 bar is drawn in eighths of a column */
	MAX_IDLE_NAMED = 20,
};

struct rows {
	uint32_t first, n; /* in groups of buckets */
	uint32_t n_grouped;
	uint64_t largest; /* count of a row */
};

static uint64_t row_count(const struct histogram *durations, const struct rows *rows, uint32_t row)
{
	uint32_t from = (rows->first + row) * rows->n_grouped;
	uint64_t count = 0;

	for (uint32_t i = from; i < from + rows->n_grouped && i < N_BUCKETS; i++)
		count += durations->counts[i];
	return count;
}

static struct rows choose_rows(const struct histogram *durations)
{
	uint32_t low = bucket_of(durations->min_ns), high = bucket_of(durations->max_ns);
	struct rows rows = { .n_grouped = 1 };

	while (high / rows.n_grouped - low / rows.n_grouped >= MAX_ROWS)
		rows.n_grouped *= 2;
	rows.first = low / rows.n_grouped;
	rows.n = high / rows.n_grouped - rows.first + 1;
	for (uint32_t row = 0; row < rows.n; row++) {
		uint64_t count = row_count(durations, &rows, row);

		if (count > rows.largest)
			rows.largest = count;
	}
	return rows;
}

static void print_bar(FILE *to, uint64_t count, uint64_t largest, const struct report_style *style)
{
	static const char *const parts[EIGHTHS] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	int n_columns = style->n_columns - LABELS_COLUMNS;
	uint64_t eighths;

	if (n_columns < MIN_BAR_COLUMNS)
		n_columns = MIN_BAR_COLUMNS;
	if (n_columns > MAX_BAR_COLUMNS)
		n_columns = MAX_BAR_COLUMNS;
	eighths = (uint64_t)((double)count / (double)largest * n_columns * EIGHTHS);
	/* Whatever happened at all is seen. */
	if (count && !eighths)
		eighths = 1;
	for (uint64_t i = 0; i < eighths / EIGHTHS; i++)
		fputs(style->is_utf8 ? "█" : "#", to);
	if (style->is_utf8)
		fputs(parts[eighths % EIGHTHS], to);
	else if (eighths < EIGHTHS && eighths)
		fputc('|', to);
}

/* A µ takes two bytes and one column. */
static int columns_of(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

static void print_padded(FILE *to, const char *text, int n_columns)
{
	int n = columns_of(text);

	fprintf(to, "%*s%s", n_columns > n ? n_columns - n : 0, "", text);
}

static void print_histogram(FILE *to, const struct histogram *durations,
			    const struct report_style *style)
{
	struct rows rows = choose_rows(durations);

	for (uint32_t row = 0; row < rows.n; row++) {
		uint32_t from = (rows.first + row) * rows.n_grouped;
		uint64_t count = row_count(durations, &rows, row);
		struct human low, high;

		fputs("  ", to);
		print_padded(to, human_time(&low, bucket_low(from), style->is_utf8), 11);
		fputs(" - ", to);
		print_padded(to,
			     human_time(&high, bucket_low(from + rows.n_grouped), style->is_utf8),
			     11);
		fprintf(to, " %10lu %5.1f%%", count, 100.0 * (double)count / (double)durations->n);
		if (count) {
			fputs("  ", to);
			print_bar(to, count, rows.largest, style);
		}
		fputc('\n', to);
	}
}

static void print_times(FILE *to, const struct histogram *durations,
			const struct report_style *style)
{
	const struct {
		const char *name;
		uint64_t ns;
	} times[] = {
		{ "mean", histogram_mean(durations) },
		{ "min", durations->min_ns },
		{ "p50", histogram_quantile(durations, 0.5) },
		{ "p90", histogram_quantile(durations, 0.9) },
		{ "p99", histogram_quantile(durations, 0.99) },
		{ "p99.9", histogram_quantile(durations, 0.999) },
		{ "max", durations->max_ns },
	};
	const size_t n = sizeof(times) / sizeof(times[0]);
	int column = 1;

	fputc(' ', to);
	for (size_t i = 0; i < n; i++) {
		struct human time;
		char item[64];

		human_time(&time, times[i].ns, style->is_utf8);
		snprintf(item, sizeof(item), "%s %s%s", times[i].name, time.text,
			 i + 1 < n ? "," : "");
		if (column + 1 + columns_of(item) > style->n_columns) {
			fputs("\n ", to);
			column = 1;
		}
		fprintf(to, " %s", item);
		column += 1 + columns_of(item);
	}
	fputc('\n', to);
}

/* What the probes have to do with the times. */
static void print_caveats(FILE *to, const struct report *report, const struct report_function *of,
			  const struct figures *figures, const struct report_style *style)
{
	uint64_t within_ns = report_cost_within_ns(report, figures);
	struct human bias, within;

	if (report_is_near_bias(of, figures))
		fprintf(to,
			"  little more than the probe itself, which is %s of each of these times\n",
			human_time(&bias, of->cost.bias_ns, style->is_utf8));
	if (within_ns && figures->durations.sum_ns)
		fprintf(to,
			"  contains %lu traced calls, whose probes make up some %s (%.1f%%) of "
			"it\n",
			figures->within, human_time(&within, within_ns, style->is_utf8),
			100.0 * (double)within_ns / (double)figures->durations.sum_ns);
}

static void print_function(FILE *to, const struct report *report, const struct report_function *of,
			   const struct figures *figures, const struct report_style *style)
{
	static const char *const why_not[] = {
		[REPORT_OVER_BUDGET] = "detached to keep within --max-overhead",
		[REPORT_GONE] = "no build that is there has such a function",
	};
	struct human rate, span;

	fprintf(to, "\n%s\n", of->name);
	if (of->state != REPORT_TRACED && of->seconds <= 0) {
		fprintf(to, "  not traced any more: %s\n", why_not[of->state]);
		return;
	}
	if (of->state != REPORT_TRACED)
		fprintf(to, "  partial, traced for %s: %s\n",
			human_time(&span, (uint64_t)(of->seconds * 1e9), style->is_utf8),
			why_not[of->state]);
	fprintf(to, "  calls %lu (%s/s), in flight %lu, unwound %lu, unmatched %lu", figures->calls,
		human_rate(&rate, report_rate(of, figures)), figures->in_flight, figures->unwound,
		figures->unmatched);
	if (figures->not_started)
		fprintf(to, ", not started %lu", figures->not_started);
	if (figures->dropped)
		fprintf(to, ", without a time %lu (no memory for a histogram)", figures->dropped);
	fputc('\n', to);
	if (figures->durations.n == 0)
		return;
	print_times(to, &figures->durations, style);
	print_caveats(to, report, of, figures, style);
	print_histogram(to, &figures->durations, style);
}

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
	for (size_t i = 0; i < n; i++) {
		report_figures(report, order[i].function, &figures);
		if (report_is_idle(&figures))
			idle[n_idle++] = order[i].function;
		else
			print_function(to, report, &report->functions[order[i].function], &figures,
				       style);
	}
	if (n_idle)
		fprintf(to, "\nnot called: %zu function%s\n", n_idle, n_idle == 1 ? "" : "s");
	for (size_t i = 0; i < n_idle && i < MAX_IDLE_NAMED; i++)
		fprintf(to, "  %s\n", report->functions[idle[i]].name);
	if (n_idle > MAX_IDLE_NAMED)
		fprintf(to, "  and %zu more\n", n_idle - MAX_IDLE_NAMED);
	free(order);
	free(idle);
	return 0;
}

const struct report_format report_text = {
	.calls = print_calls,
	.plan = text_print_plan,
	.list = text_print_list,
	.summary = text_print_summary,
};
