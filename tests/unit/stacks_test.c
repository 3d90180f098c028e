/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/stacks.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];
static struct stacks *stacks;
static char *times, *calls;

static void init(void)
{
	struct reason why;
	int fd;

	snprintf(path, sizeof(path), "/tmp/gotraced-stacks-XXXXXX");
	fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	close(fd);
	cr_assert_eq(stacks_new(&stacks, path, &why), 0, "%s", why.text);
}

static void fini(void)
{
	char of_calls[80];

	stacks_free(stacks);
	unlink(path);
	snprintf(of_calls, sizeof(of_calls), "%s.calls", path);
	unlink(of_calls);
	free(times);
	free(calls);
}

TestSuite(stacks, .init = init, .fini = fini);

static char *read_all(const char *suffix)
{
	char name[80], *text = NULL;
	size_t n = 0;
	FILE *from;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	from = fopen(name, "r");
	cr_assert_not_null(from);
	if (getdelim(&text, &n, 0, from) < 0)
		text = strdup("");
	fclose(from);
	return text;
}

static void write_out(void)
{
	struct reason why;

	cr_assert_eq(stacks_write(stacks, &why), 0, "%s", why.text);
	times = read_all("");
	calls = read_all(".calls");
}

static void add(const char *function, const char *const *callers, size_t n, uint64_t ns)
{
	struct source_frame frames[200] = { 0 };

	for (size_t i = 0; i < n; i++)
		frames[i].function = callers[i];
	cr_assert_eq(stacks_add(stacks, function, frames, n, ns), 0);
}

Test(stacks, begin_with_the_outermost_function)
{
	const char *const callers[] = { "main.inner", "main.outer", "main.main" };

	add("main.f", callers, 3, 5);
	write_out();
	cr_assert_str_eq(times, "main.main;main.outer;main.inner;main.f 5\n");
	cr_assert_str_eq(calls, "main.main;main.outer;main.inner;main.f 1\n");
}

Test(stacks, add_up_calls_from_one_place)
{
	const char *const callers[] = { "main.a", "main.main" };
	const char *const others[] = { "main.b", "main.main" };

	add("main.f", callers, 2, 5);
	add("main.f", others, 2, 100);
	add("main.g", callers, 2, 1000);
	add("main.f", callers, 2, 7);
	write_out();
	cr_assert_str_eq(times, "main.main;main.a;main.f 12\n"
				"main.main;main.b;main.f 100\n"
				"main.main;main.a;main.g 1000\n");
	cr_assert_str_eq(calls, "main.main;main.a;main.f 2\n"
				"main.main;main.b;main.f 1\n"
				"main.main;main.a;main.g 1\n");
}

Test(stacks, of_the_first_function_of_a_goroutine_are_that_alone)
{
	add("main.f", NULL, 0, 5);
	write_out();
	cr_assert_str_eq(times, "main.f 5\n");
}

Test(stacks, keep_what_divides_them_out_of_names)
{
	const char *const callers[] = { "main.odd;name\n", NULL,
					"main.call[go.shape.struct { a int; b int }]" };

	add("main.f;g", callers, 3, 5);
	write_out();
	cr_assert_str_eq(times,
			 "main.call[go.shape.struct { a int: b int }];[unknown];main.odd:name:;"
			 "main.f:g 5\n");
}

Test(stacks, too_long_for_a_line_lose_their_outermost_functions)
{
	enum { N = 150 };
	char names[N][200];
	const char *callers[N];

	for (int i = 0; i < N; i++) {
		snprintf(names[i], sizeof(names[i]), "main.%03d%0180d", i, 0);
		callers[i] = names[i];
	}
	add("main.f", callers, N, 5);
	write_out();
	cr_assert(strncmp(times, "[more callers];main.0", 21) == 0, "%.40s", times);
	cr_assert_not_null(strstr(times, names[0]));
	cr_assert_not_null(strstr(times, names[80]));
	cr_assert_null(strstr(times, names[N - 1]));
	cr_assert_str_eq(times + strlen(times) - 10, ";main.f 5\n");
	cr_assert_leq(strlen(times), 1 << 14);
}

Test(stacks, that_are_not_known_are_counted_by_function)
{
	add("main.f", NULL, 0, 5);
	cr_assert_eq(stacks_add_unknown(stacks, "main.f", 3, 70), 0);
	cr_assert_eq(stacks_add_unknown(stacks, "main.g", 1, 1), 0);
	cr_assert_eq(stacks_add_unknown(stacks, "main.f", 2, 30), 0);
	cr_assert_eq(stacks_n_unknown(stacks), 6);
	write_out();
	cr_assert_str_eq(times,
			 "main.f 5\n[stack not known];main.f 100\n[stack not known];main.g 1\n");
	cr_assert_str_eq(calls,
			 "main.f 1\n[stack not known];main.f 5\n[stack not known];main.g 1\n");
}

Test(stacks, beyond_the_room_for_them_are_counted_by_function)
{
	enum { N_MORE = 1000 };
	const char *const first[] = { "main.caller0" };
	size_t n_lines = 0, n_calls = 0;

	for (int i = 0; i < STACKS_MAX + N_MORE; i++) {
		char name[32];
		const char *const callers[] = { name };

		snprintf(name, sizeof(name), "main.caller%d", i);
		add(i % 4 ? "main.f" : "main.g", callers, 1, 10);
	}
	add("main.g", first, 1, 10);
	write_out();
	cr_assert_not_null(strstr(calls, "\nmain.caller131071;main.f 1\n[other stacks];main.g 250\n"
					 "[other stacks];main.f 750\n"));
	cr_assert_not_null(strstr(times, "[other stacks];main.f 7500\n"));
	cr_assert(strncmp(calls, "main.caller0;main.g 2\n", 22) == 0);
	for (const char *line = calls; *line; line = strchr(line, '\n') + 1) {
		n_calls += strtoul(memchr(line, ' ', strlen(line)), NULL, 10) * (line[0] == 'm');
		n_lines++;
	}
	cr_assert_eq(n_lines, STACKS_MAX + 2);
	cr_assert_eq(n_calls, STACKS_MAX + 1);
}

Test(stacks, begin_anew_with_nothing)
{
	const char *const callers[] = { "main.a" };

	add("main.f", callers, 1, 5);
	stacks_add_unknown(stacks, "main.f", 1, 5);
	stacks_restart(stacks);
	cr_assert_eq(stacks_n_unknown(stacks), 0);
	add("main.f", callers, 1, 7);
	write_out();
	cr_assert_str_eq(times, "main.a;main.f 7\n");
	cr_assert_str_eq(calls, "main.a;main.f 1\n");
}

Test(stacks, need_a_file_that_can_be_written_to)
{
	char in_a_file[80], said[160];
	struct stacks *none;
	struct reason why;

	snprintf(in_a_file, sizeof(in_a_file), "%s/stacks", path);
	snprintf(said, sizeof(said), "cannot write stacks to %s: Not a directory", in_a_file);
	cr_assert_eq(stacks_new(&none, in_a_file, &why), -ENOTDIR);
	cr_assert_str_eq(why.text, said);
	stacks_free(none);
}
