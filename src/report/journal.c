/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>

#include "report/human.h"
#include "report/report.h"

/*
 * The systemd journal: an entry for each function in which something happened, with a message for
 * people and the figures in fields of their own (journalctl -o verbose, or -o json). Durations are
 * whole nanoseconds. All entries have one message id: journalctl MESSAGE_ID=... finds them.
 */
#define MESSAGE_ID "6f3b1e0d5a4c4f7e9b0c2d8a7e513f42"

enum { MAX_FIELDS = 96 };

struct entry {
	struct iovec fields[MAX_FIELDS]; /* each owned */
	int n;
	bool is_complete;
};

static void add(struct entry *entry, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct entry *entry, const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	if (entry->n == MAX_FIELDS)
		return;
	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		entry->is_complete = false;
	else
		entry->fields[entry->n++] = (struct iovec){ text, (size_t)n };
}

static void entry_fini(struct entry *entry)
{
	for (int i = 0; i < entry->n; i++)
		free(entry->fields[i].iov_base);
}

/* The journal's fields are in capitals. */
static void add_label(struct entry *entry, const struct report_label *label)
{
	int before = entry->n;

	add(entry, "GOTRACED_LABEL_%s=%s", label->name, label->value);
	if (entry->n == before)
		return;
	for (char *c = entry->fields[before].iov_base; *c != '='; c++)
		*c = (char)toupper((unsigned char)*c);
}

static void add_message(struct entry *entry, const struct report *report, const char *function,
			const struct figures *figures)
{
	const struct histogram *durations = &figures->durations;
	struct human span, p50, p99, max;

	human_time(&span, (uint64_t)(report->seconds * 1e9), true);
	if (durations->n == 0) {
		add(entry, "MESSAGE=%s: no call returned in %s; in flight %lu", function, span.text,
		    figures->in_flight);
		return;
	}
	add(entry, "MESSAGE=%s: %lu calls in %s, p50 %s, p99 %s, max %s; in flight %lu", function,
	    figures->calls, span.text, human_time(&p50, histogram_quantile(durations, 0.5), true),
	    human_time(&p99, histogram_quantile(durations, 0.99), true),
	    human_time(&max, durations->max_ns, true), figures->in_flight);
}

static void add_times(struct entry *entry, const struct histogram *durations)
{
	const struct {
		const char *name;
		uint64_t ns;
	} times[] = {
		{ "SUM", durations->sum_ns },
		{ "MIN", durations->min_ns },
		{ "MEAN", histogram_mean(durations) },
		{ "P50", histogram_quantile(durations, 0.5) },
		{ "P90", histogram_quantile(durations, 0.9) },
		{ "P99", histogram_quantile(durations, 0.99) },
		{ "P999", histogram_quantile(durations, 0.999) },
		{ "MAX", durations->max_ns },
	};

	/* Without a call there is no time, not a time of 0. */
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]) && durations->n; i++)
		add(entry, "GOTRACED_%s_NS=%lu", times[i].name, times[i].ns);
}

static void add_figures(struct entry *entry, const struct report *report,
			const struct report_function *of, const struct figures *figures)
{
	const struct {
		const char *name;
		uint64_t n;
	} counts[] = {
		{ "COUNT", figures->calls },
		{ "IN_FLIGHT", figures->in_flight },
		{ "UNWOUND", figures->unwound },
		{ "UNMATCHED", figures->unmatched },
		{ "NOT_STARTED", figures->not_started },
		{ "FILTERED", figures->filtered },
		{ "DROPPED", figures->dropped },
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		add(entry, "GOTRACED_%s=%lu", counts[i].name, counts[i].n);
	add(entry, "GOTRACED_SECONDS=%.9f", of->seconds);
	if (report->is_calibrated)
		add(entry, "GOTRACED_COST_NS=%u", of->cost.call_ns);
	if (report->is_calibrated)
		add(entry, "GOTRACED_BIAS_NS=%u", of->cost.bias_ns);
	add_times(entry, &figures->durations);
}

static int send_function(const struct report *report, uint32_t function)
{
	const struct report_function *of = &report->functions[function];
	struct entry entry = { .is_complete = true };
	struct report_time start, end;
	struct figures figures;
	int err;

	report_figures(report, function, &figures);
	if (report_is_idle(&figures))
		return 0;
	add_message(&entry, report, of->name, &figures);
	add(&entry, "MESSAGE_ID=" MESSAGE_ID);
	add(&entry, "PRIORITY=6");
	add(&entry, "SYSLOG_IDENTIFIER=gotraced");
	add(&entry, "GOTRACED_REPORT=%s", report_kind_name(report->kind));
	add(&entry, "GOTRACED_TARGET=%s", report->target);
	add(&entry, "GOTRACED_BINARY=%s", report->binary);
	add(&entry, "GOTRACED_FUNCTION=%s", of->name);
	add(&entry, "GOTRACED_START=%s", report_time(&start, report->started_ns));
	add(&entry, "GOTRACED_END=%s", report_time(&end, report->ended_ns));
	add(&entry, "GOTRACED_STATE=%s", report_state_name(of->state));
	add_figures(&entry, report, of, &figures);
	for (size_t i = 0; i < report->n_labels; i++)
		add_label(&entry, &report->labels[i]);
	err = entry.is_complete ? sd_journal_sendv(entry.fields, entry.n) : -ENOMEM;
	entry_fini(&entry);
	return err;
}

static int send_calls(FILE *to __attribute__((unused)), const struct report *report,
		      const struct report_style *style __attribute__((unused)))
{
	int err = 0;

	for (uint32_t i = 0; i < report->n_functions && !err; i++)
		err = send_function(report, i);
	return err;
}

const struct report_format report_journal = {
	.calls = send_calls,
};
