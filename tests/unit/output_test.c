/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/output.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[] = "/tmp/output_test.XXXXXX";
static struct output output;
static struct reason why;

static void print_head(FILE *to, uint64_t started_ns)
{
	fprintf(to, "from %lu\n", started_ns);
}

static const struct report_format format = { .begin = print_head };

static void init(void)
{
	close(mkstemp(path));
}

static void fini(void)
{
	output_fini(&output);
	unlink(path);
}

TestSuite(output, .init = init, .fini = fini);

static void open_output(bool is_added_to)
{
	cr_assert_eq(output_init(&output, path, is_added_to, &format, &why), 0, "%s", why.text);
}

static void write_line(const char *line)
{
	cr_assert_eq(output_begin(&output, 7, &why), 0);
	fprintf(output.to, "%s\n", line);
	cr_assert_eq(output_write(&output, &why), 0);
}

static void assert_contains(const char *expected)
{
	char text[256] = "";
	FILE *file = fopen(path, "r");

	cr_assert_not_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = 0;
	fclose(file);
	cr_assert_str_eq(text, expected);
}

Test(output, begins_a_file_with_its_head)
{
	open_output(false);
	write_line("one");
	write_line("two");
	assert_contains("from 7\none\ntwo\n");
}

Test(output, adds_to_a_file_without_another_head)
{
	open_output(true);
	write_line("one");
	output_fini(&output);
	open_output(true);
	write_line("two");
	assert_contains("from 7\none\ntwo\n");
}

Test(output, replaces_a_file_unless_told_otherwise)
{
	open_output(false);
	write_line("one");
	output_fini(&output);
	open_output(false);
	write_line("two");
	assert_contains("from 7\ntwo\n");
}

Test(output, goes_on_in_a_new_file_of_the_name)
{
	open_output(false);
	write_line("one");
	unlink(path);
	cr_assert_eq(output_reopen(&output, &why), 0);
	write_line("two");
	assert_contains("from 7\ntwo\n");
}

Test(output, forgets_what_was_printed_but_not_written)
{
	open_output(false);
	cr_assert_eq(output_begin(&output, 7, &why), 0);
	fputs("half a rep", output.to);
	fflush(output.to);
	output.n_bytes = 0;
	write_line("one");
	assert_contains("from 7\none\n");
}

Test(output, leaves_nothing_of_a_report_where_there_is_no_room, .init = NULL, .fini = fini)
{
	cr_assert_eq(output_init(&output, "/dev/full", true, &format, &why), 0);
	cr_assert_eq(output_begin(&output, 7, &why), 0);
	fputs("one\n", output.to);
	cr_assert_eq(output_write(&output, &why), -ENOSPC);
	cr_assert_str_eq(why.text, "cannot write to /dev/full: No space left on device");
	cr_assert_eq(output.n_bytes, 0);
}

Test(output, does_not_wait_for_the_reader_of_a_fifo, .fini = fini)
{
	unlink(path);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_eq(output_init(&output, path, true, &format, &why), -ENXIO);
	cr_assert_not_null(strstr(why.text, "cannot write to "));
}
