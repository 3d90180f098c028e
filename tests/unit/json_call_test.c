/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json_call.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static char *text;
static struct report_call call;

static void init(void)
{
	call = (struct report_call){
		.target = "server",
		.function = "main.handle",
		.started_ns = 1700000000250000000,
		.duration_ns = 1500,
		.goroutine = 17,
		.is_goroutine_known = true,
		.process = 100,
		.thread = 101,
	};
}

static void fini(void)
{
	free(text);
}

TestSuite(json_call, .init = init, .fini = fini);

/* The line's object; the line is the whole of it. */
static json_t *print(void)
{
	size_t n_bytes;
	json_error_t error;
	json_t *object;
	FILE *to;

	free(text);
	to = open_memstream(&text, &n_bytes);
	cr_assert_eq(json_print_call(to, &call, NULL), 0);
	fclose(to);
	cr_assert_eq(strchr(text, '\n'), text + n_bytes - 1);
	object = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	cr_assert_not_null(object, "%s: %s", error.text, text);
	return object;
}

static void assert_contains(const char *part)
{
	json_decref(print());
	cr_assert_not_null(strstr(text, part), "no %s in %s", part, text);
}

static void assert_lacks(const char *part)
{
	json_decref(print());
	cr_assert_null(strstr(text, part), "%s in %s", part, text);
}

Test(json_call, tells_of_the_call)
{
	json_decref(print());
	cr_assert_str_eq(text, "{\"format\":1,\"report\":\"call\",\"target\":\"server\","
			       "\"function\":\"main.handle\","
			       "\"start\":\"2023-11-14T22:13:20.250000Z\",\"duration_ns\":1500,"
			       "\"end\":\"returned\",\"goroutine\":17,\"pid\":100,\"tid\":101}\n");
}

Test(json_call, says_that_it_was_unwound_and_of_a_goroutine_that_is_not_known)
{
	call.is_unwound = true;
	call.is_goroutine_known = false;
	assert_contains("\"end\":\"unwound\",\"goroutine\":null,");
}

static const struct value one = { .kind = VALUE_SIGNED, .number = 1 }, nil = { .kind = VALUE_NIL };

Test(json_call, has_values_by_their_roles_and_names)
{
	const struct report_value values[] = {
		{ REPORT_PARAMETER, "n", &one },
		{ REPORT_RESULT, "ret0", &nil },
		{ REPORT_PARAMETER, "p", &nil },
		{ REPORT_SHOWN, "len(xs)", &one },
	};

	call.values = values;
	call.n_values = 4;
	assert_contains("\"parameters\":{\"n\":1,\"p\":null},\"results\":{\"ret0\":null},"
			"\"values\":{\"len(xs)\":1}}\n");
	call.n_values = 1;
	assert_contains("\"parameters\":{\"n\":1}}\n");
	assert_lacks("results");
	assert_lacks("values");
}

Test(json_call, mends_names_that_are_not_utf8)
{
	const struct report_value value = { REPORT_SHOWN, "a\xff", &one };

	call.values = &value;
	call.n_values = 1;
	call.function = "main.\xff";
	assert_contains("\"main.?\"");
	assert_contains("\"values\":{\"a?\":1}");
}

Test(json_call, does_not_round_reals)
{
	const struct value real = { .kind = VALUE_REAL, .real = 123456789.123456789 };
	const struct report_value value = { REPORT_SHOWN, "f", &real };
	json_t *object;

	call.values = &value;
	call.n_values = 1;
	object = print();
	cr_assert_eq(json_real_value(json_object_get(json_object_get(object, "values"), "f")),
		     123456789.123456789);
	json_decref(object);
}

Test(json_call, tells_of_calls_that_were_omitted)
{
	const struct report_omitted omitted = { .n_over_limit = 7, .n_dropped = 8 };
	size_t n_bytes;
	FILE *to = open_memstream(&text, &n_bytes);

	cr_assert_eq(json_print_omitted(to, &omitted), 0);
	fclose(to);
	cr_assert_str_eq(text,
			 "{\"format\":1,\"report\":\"omitted\",\"over_limit\":7,\"dropped\":8}\n");
}
