/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/hlog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report/hdr.h"
#include "report/report.h"

static const uint64_t us_ns = 1000, ms_ns = 1000000, second_ns = 1000000000;

static uint64_t rounded(uint64_t ns, uint64_t unit_ns)
{
	return ns / unit_ns + (ns % unit_ns >= unit_ns / 2);
}

/* With a point whatever the locale. */
static void print_thousandths(FILE *to, uint64_t thousandths)
{
	fprintf(to, "%lu.%03lu", thousandths / 1000, thousandths % 1000);
}

static void print_seconds(FILE *to, uint64_t ns)
{
	print_thousandths(to, rounded(ns, ms_ns));
}

void hlog_begin(FILE *to, uint64_t at_ns)
{
	const time_t at = (time_t)(at_ns / second_ns);
	char date[32] = "";
	struct tm utc;

	if (gmtime_r(&at, &utc))
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &utc);
	fputs("#[Histogram log format version 1.3]\n#[StartTime: ", to);
	print_seconds(to, at_ns);
	fprintf(to, " (seconds since epoch), %s]\n", date);
	fputs("\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
	      "\"Interval_Compressed_Histogram\"\n",
	      to);
}

/* The length of what a tag cannot have at a place in it; 0 where all is well. */
static size_t separator_length(const char *at)
{
	/* Line breaks to Java: U+0085, U+2028 and U+2029. */
	static const char *const wide[] = { "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9" };
	const unsigned char first = *at;

	if (first <= ' ' || first == ',' || first == 0x7f)
		return 1;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (!strncmp(at, wide[i], strlen(wide[i])))
			return strlen(wide[i]);
	return 0;
}

static void print_tag(FILE *to, const char *tag)
{
	fputs("Tag=", to);
	while (*tag) {
		size_t n_bytes = separator_length(tag);

		putc(n_bytes ? '_' : *tag, to);
		tag += n_bytes ? n_bytes : 1;
	}
	putc(',', to);
}

int hlog_line(FILE *to, const char *tag, uint64_t start_ns, uint64_t length_ns,
	      const struct histogram *durations)
{
	char *payload;
	int err = hdr_encode(durations, &payload);

	if (err)
		return err;
	print_tag(to, tag);
	print_seconds(to, start_ns);
	putc(',', to);
	print_seconds(to, length_ns);
	putc(',', to);
	print_thousandths(to, rounded(durations->max_ns, us_ns));
	fprintf(to, ",%s\n", payload);
	free(payload);
	return 0;
}

/* A function's tag is TARGET:FUNCTION. */
static int print_function(FILE *to, const struct report *report, uint32_t function)
{
	struct figures figures;
	char *tag;
	int err;

	report_figures(report, function, &figures);
	if (figures.durations.n == 0)
		return 0;
	if (asprintf(&tag, "%s:%s", report->target, report->functions[function].name) < 0)
		return -ENOMEM;
	err = hlog_line(to, tag, report->started_ns, (uint64_t)(report->seconds * 1e9),
			&figures.durations);
	free(tag);
	return err;
}

static int print_calls(FILE *to, const struct report *report,
		       const struct report_style *style __attribute__((unused)))
{
	int err = 0;

	for (uint32_t i = 0; i < report->n_functions && !err; i++)
		err = print_function(to, report, i);
	return err;
}

const struct report_format report_hlog = {
	.begin = hlog_begin,
	.is_added_up = true,
	.calls = print_calls,
};
