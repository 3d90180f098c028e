/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/hlog.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "hdr_decoded.h"

static const uint64_t second_ns = 1000000000;

static struct histogram durations;
static struct hdr_decoded decoded;
static char *text;
static size_t n_bytes;
static FILE *to;

static void begin(void)
{
	to = open_memstream(&text, &n_bytes);
	cr_assert_not_null(to);
}

static void end(void)
{
	fclose(to);
	free(text);
}

TestSuite(hlog, .init = begin, .fini = end);

static const char *written(void)
{
	fflush(to);
	return text;
}

static void assert_tag(const char *name, const char *expected)
{
	const char *line;

	rewind(to);
	cr_assert_eq(hlog_line(to, name, 0, second_ns, &durations), 0);
	line = written();
	cr_assert_eq(strncmp(line, "Tag=", 4), 0);
	cr_assert_eq(strcspn(line + 4, ","), strlen(expected), "%s", line);
	cr_assert_eq(strncmp(line + 4, expected, strlen(expected)), 0, "%s", line);
}

Test(hlog, begins_with_version_start_and_legend)
{
	hlog_begin(to, 1700000000 * second_ns + 123456789);
	cr_assert_str_eq(
		written(),
		"#[Histogram log format version 1.3]\n"
		"#[StartTime: 1700000000.123 (seconds since epoch), 2023-11-14T22:13:20Z]\n"
		"\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
		"\"Interval_Compressed_Histogram\"\n");
}

Test(hlog, a_line_has_tag_start_length_maximum_and_histogram)
{
	static const char expected[] = "Tag=main.busy,1700000000.123,10.002,5.060,";

	histogram_record(&durations, 5060000);
	histogram_record(&durations, 812);
	cr_assert_eq(hlog_line(to, "main.busy", 1700000000 * second_ns + 123456789,
			       10 * second_ns + 1999999, &durations),
		     0);
	cr_assert_eq(strncmp(written(), expected, strlen(expected)), 0, "%s", text);
	hdr_decode(text + strlen(expected), &decoded);
	cr_assert_eq(hdr_decoded_n(&decoded), 2);
	cr_assert_eq(hdr_decoded_bucket(&decoded, 812)->n, 1);
	cr_assert_eq(text[n_bytes - 1], '\n');
	cr_assert_eq(strchr(text, '\n'), text + n_bytes - 1);
}

Test(hlog, a_line_without_values_is_a_line)
{
	static const char expected[] = "Tag=main.idle,1.000,1.000,0.000,";

	cr_assert_eq(hlog_line(to, "main.idle", second_ns, second_ns, &durations), 0);
	cr_assert_eq(strncmp(written(), expected, strlen(expected)), 0, "%s", text);
	hdr_decode(text + strlen(expected), &decoded);
	cr_assert_eq(hdr_decoded_n(&decoded), 0);
}

Test(hlog, the_largest_numbers_are_written)
{
	static const char expected[] = "Tag=a,18446744073.710,18446744073.710,18446744073709.552,";

	histogram_record(&durations, UINT64_MAX);
	cr_assert_eq(hlog_line(to, "a", UINT64_MAX, UINT64_MAX, &durations), 0);
	cr_assert_eq(strncmp(written(), expected, strlen(expected)), 0, "%s", text);
}

Test(hlog, names_are_tags)
{
	assert_tag("main.handle", "main.handle");
	assert_tag("net/http.(*conn).serve", "net/http.(*conn).serve");
	assert_tag("main.F[...]", "main.F[...]");
	assert_tag("main.größe·f", "main.größe·f");
	assert_tag("Tag=\"#", "Tag=\"#");
	assert_tag("", "");
}

Test(hlog, what_would_end_a_tag_is_replaced)
{
	assert_tag("main.F[int,string]", "main.F[int_string]");
	assert_tag("main.F[struct { A int }]", "main.F[struct_{_A_int_}]");
	assert_tag("a\nb\r\nc\td\x7f", "a_b__c_d_");
	assert_tag("a\xc2\x85"
		   "b\xe2\x80\xa8"
		   "c\xe2\x80\xa9",
		   "a_b_c_");
	/* Others that begin in the same way, the last one cut off. */
	assert_tag("\xc2\xb7\xe2\x80\xa6\xe2\x80", "\xc2\xb7\xe2\x80\xa6\xe2\x80");
}
