/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text_function.h"

#include "report/human.h"

/*
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

static void print_histogram(FILE *to, const struct histogram *durations,
			    const struct report_style *style)
{
	struct rows rows = choose_rows(durations);

	for (uint32_t row = 0; row < rows.n; row++) {
		uint32_t from = (rows.first + row) * rows.n_grouped;
		uint64_t count = row_count(durations, &rows, row);
		struct human low, high;

		fputs("  ", to);
		human_print(to, human_time(&low, bucket_low(from), style->is_utf8), 11);
		fputs(" - ", to);
		human_print(to,
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
		if (column + 1 + human_columns(item) > style->n_columns) {
			fputs("\n ", to);
			column = 1;
		}
		fprintf(to, " %s", item);
		column += 1 + human_columns(item);
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

void text_print_function(FILE *to, const struct report *report, const struct report_function *of,
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
	if (figures->filtered)
		fprintf(to, ", left out %lu", figures->filtered);
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
