/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wished.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calls.h"
#include "objection.h"

struct capture wished;
struct reason wished_why;
uint32_t wished_max_bytes;
const struct decode_program *wished_program;

static const struct callee *callee;
static struct decoder decoder;
static char *text;

void wished_init(void)
{
	typed_init();
	fetched_init();
	wished_max_bytes = FETCH_MAX_BYTES;
	wished_program = NULL;
}

void wished_fini(void)
{
	capture_fini(&wished);
	typed_fini();
	free(text);
}

int wished_try(const char *shown, const char *conditions)
{
	struct options_calls calls = { 0 };
	bool is_all = shown && strcmp(shown, WISHED_ALL) == 0;
	struct capture_wish wish;
	int err;

	if (shown && !is_all)
		cr_assert_eq(calls_add_shown(&calls, shown, &wished_why), 0, "%s", wished_why.text);
	if (conditions)
		cr_assert_eq(calls_add_conditions(&calls, conditions, &wished_why), 0, "%s",
			     wished_why.text);
	wish = (struct capture_wish){
		.is_all = is_all,
		.shown = calls.shown,
		.n_shown = calls.n_shown,
		.conditions = calls.conditions,
		.n_conditions = calls.n_conditions,
		.max_bytes = wished_max_bytes,
	};
	callee = typed.n_signatures ? typed_callee() : typed_callee_unknown();
	capture_fini(&wished);
	err = capture_init(&wished, callee, &wish, &wished_why);
	calls_fini(&calls);
	cr_assert_null(objection_to(&wished.program), "%s", objection_to(&wished.program));
	return err;
}

void wish(const char *shown, const char *conditions)
{
	cr_assert_eq(wished_try(shown, conditions), 0, "%s", wished_why.text);
}

static const char *print(const struct call_detail *detail, bool has_labels)
{
	size_t n_bytes, n = 0;
	FILE *to;

	free(text);
	to = open_memstream(&text, &n_bytes);
	decoder_begin(&decoder, &typed.types, &wished, wished_program, detail);
	for (size_t i = 0; i < wished.n_values; i++) {
		const struct captured *captured = &wished.values[i];

		if (!decoder_has(&decoder, captured))
			continue;
		if (has_labels)
			fprintf(to, "%s%s=", n++ ? ", " : "", captured->label);
		value_print(to, decoder_value(&decoder, captured));
	}
	fclose(to);
	return text;
}

const char *wished_values(const struct call_detail *detail)
{
	return print(detail, true);
}

const char *wished_value(const struct call_detail *detail)
{
	cr_assert_eq(wished.n_values, 1);
	return print(detail, false);
}

void assert_shows(const char *expression, const char *expected)
{
	const char *shown;

	wish(expression, NULL);
	shown = wished_value(fetched_call(&wished.program));
	cr_assert_str_eq(shown, expected, "%s: %s instead of %s", expression, shown, expected);
}

void assert_wish_refused(const char *shown, const char *conditions, const char *said)
{
	strcpy(wished_why.text, "");
	cr_assert_eq(wished_try(shown, conditions), -EINVAL);
	cr_assert_str_eq(wished_why.text, said, "%s", wished_why.text);
	cr_assert_eq(wished.n_values, 0);
}
