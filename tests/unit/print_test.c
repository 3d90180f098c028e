/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/value.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *text;

static void fini(void)
{
	free(text);
}

TestSuite(print, .fini = fini);

static void assert_prints(struct value value, const char *expected)
{
	size_t n_bytes;
	FILE *to;

	free(text);
	to = open_memstream(&text, &n_bytes);
	value_print(to, &value);
	fclose(to);
	cr_assert_str_eq(text, expected, "%s instead of %s", text, expected);
}

static struct value number(enum value_kind kind, uint64_t number)
{
	return (struct value){ .kind = kind, .number = number };
}

static struct value string_of(const char *bytes, size_t n_bytes)
{
	return (struct value){
		.kind = VALUE_STRING, .bytes = bytes, .n_bytes = n_bytes, .n_whole = n_bytes
	};
}

static struct value string(const char *bytes)
{
	return string_of(bytes, strlen(bytes));
}

static struct value real(double real)
{
	return (struct value){ .kind = VALUE_REAL, .real = real, .n_whole = sizeof(real) };
}

static struct value single(float real)
{
	return (struct value){ .kind = VALUE_REAL, .real = real, .n_whole = sizeof(real) };
}

Test(print, shows_words)
{
	assert_prints(number(VALUE_NIL, 0), "nil");
	assert_prints(number(VALUE_BOOL, 1), "true");
	assert_prints(number(VALUE_BOOL, 0), "false");
	assert_prints(number(VALUE_UNREADABLE, 0), "<unreadable>");
	assert_prints(number(VALUE_UNREACHABLE, 0), "<not reachable>");
	assert_prints(number(VALUE_NOT_TAKEN, 0), "…");
}

Test(print, shows_whole_numbers)
{
	assert_prints(number(VALUE_SIGNED, (uint64_t)-5), "-5");
	assert_prints(number(VALUE_SIGNED, 1ULL << 63), "-9223372036854775808");
	assert_prints(number(VALUE_UNSIGNED, UINT64_MAX), "18446744073709551615");
	assert_prints(number(VALUE_ADDRESS, 0xc000123456), "0xc000123456");
}

Test(print, shows_reals_as_short_as_tells_them_apart)
{
	assert_prints(real(0.1), "0.1");
	assert_prints(real(1), "1");
	assert_prints(real(-2.5), "-2.5");
	assert_prints(real(1.0 / 3), "0.3333333333333333");
	assert_prints(real(0.1 + 0.2), "0.30000000000000004");
	assert_prints(real(1e21), "1e+21");
	assert_prints(real(-0.0), "-0");
	assert_prints(single(0.1f), "0.1");
	assert_prints(single(1.0f / 3), "0.33333334");
	assert_prints(single(16777216), "16777216");
}

/* What is printed is read as the same number, however odd it is. */
Test(print, shows_reals_without_loss)
{
	const double odd[] = { DBL_MAX, DBL_MIN, DBL_EPSILON, 5e-324, 123456789.123456789, 2e-310 };
	const float odd_singles[] = { FLT_MAX, FLT_MIN, FLT_EPSILON, 1e-45f, 8388609.5f };

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct value value = real(odd[i]);
		FILE *to;

		free(text);
		text = calloc(1, 64);
		to = fmemopen(text, 64, "w");
		value_print(to, &value);
		fclose(to);
		cr_assert_eq(strtod(text, NULL), odd[i], "%s", text);
	}
	for (size_t i = 0; i < sizeof(odd_singles) / sizeof(odd_singles[0]); i++) {
		struct value value = single(odd_singles[i]);
		FILE *to;

		free(text);
		text = calloc(1, 64);
		to = fmemopen(text, 64, "w");
		value_print(to, &value);
		fclose(to);
		cr_assert_eq(strtof(text, NULL), odd_singles[i], "%s", text);
	}
}

Test(print, shows_what_is_no_number_as_go_does)
{
	assert_prints(real(NAN), "NaN");
	assert_prints(real(-NAN), "NaN");
	assert_prints(real(INFINITY), "+Inf");
	assert_prints(single(-INFINITY), "-Inf");
}

static struct value complex_of(double real, double imaginary, size_t n_bytes)
{
	return (struct value){
		.kind = VALUE_COMPLEX, .real = real, .imaginary = imaginary, .n_whole = n_bytes
	};
}

Test(print, shows_complex_numbers)
{
	assert_prints(complex_of(1, 2.5, 16), "(1+2.5i)");
	assert_prints(complex_of(-1, -2, 16), "(-1-2i)");
	assert_prints(complex_of(0.1f, -0.0, 8), "(0.1-0i)");
	assert_prints(complex_of(1, INFINITY, 16), "(1+Infi)");
	assert_prints(complex_of(1, -INFINITY, 16), "(1-Infi)");
	assert_prints(complex_of(INFINITY, NAN, 16), "(+Inf+NaNi)");
}

Test(print, quotes_strings)
{
	assert_prints(string(""), "\"\"");
	assert_prints(string("alice"), "\"alice\"");
	assert_prints(string("a \"b\" \\c"), "\"a \\\"b\\\" \\\\c\"");
	assert_prints(string("größe → 語 😀"), "\"größe → 語 😀\"");
}

Test(print, escapes_control_characters)
{
	assert_prints(string("a\n\r\tb"), "\"a\\n\\r\\tb\"");
	assert_prints(string_of("a\0b", 3), "\"a\\x00b\"");
	assert_prints(string("\x1b[31m\x7f"), "\"\\x1b[31m\\x7f\"");
	/* U+009B begins commands to terminals, too. */
	assert_prints(string("\xc2\x9b"), "\"\\xc2\\x9b\"");
	assert_prints(string("\xc2\xa0"), "\"\xc2\xa0\"");
}

Test(print, escapes_what_is_not_utf8)
{
	assert_prints(string("\xff"), "\"\\xff\"");
	assert_prints(string("\x80"), "\"\\x80\"");
	assert_prints(string("\xc3"), "\"\\xc3\"");
	assert_prints(string("a\xe2\x82"), "\"a\\xe2\\x82\"");
	assert_prints(string("\xe2\x82z"), "\"\\xe2\\x82z\"");
	assert_prints(string("\xf8\x88\x80\x80\x80"), "\"\\xf8\\x88\\x80\\x80\\x80\"");
	assert_prints(string("\xc0\x9b"), "\"\\xc0\\x9b\"");
}

Test(print, escapes_characters_that_are_written_longer_than_they_are)
{
	assert_prints(string("\xe0\x82\x9b"), "\"\\xe0\\x82\\x9b\"");
	assert_prints(string("\xf0\x80\x82\x9b"), "\"\\xf0\\x80\\x82\\x9b\"");
	assert_prints(string("\xe0\xa0\x80"), "\"\xe0\xa0\x80\"");
	assert_prints(string("\xf0\x90\x80\x80"), "\"\xf0\x90\x80\x80\"");
}

Test(print, escapes_what_is_no_character)
{
	assert_prints(string("\xed\xa0\x80"), "\"\\xed\\xa0\\x80\"");
	assert_prints(string("\xf4\x90\x80\x80"), "\"\\xf4\\x90\\x80\\x80\"");
	assert_prints(string("\xed\x9f\xbf"), "\"\xed\x9f\xbf\"");
	assert_prints(string("\xf4\x8f\xbf\xbf"), "\"\xf4\x8f\xbf\xbf\"");
}

Test(print, says_how_long_a_string_is_that_was_cut)
{
	struct value cut = string("abc");

	cut.n_whole = 1ULL << 40;
	assert_prints(cut, "\"abc\"…(1099511627776 bytes)");
	cut.kind = VALUE_BYTES;
	assert_prints(cut, "\"abc\"…(1099511627776 bytes)");
}

Test(print, shows_lists)
{
	const struct value elements[] = { number(VALUE_SIGNED, 1), string("a") };
	struct value list = {
		.kind = VALUE_LIST, .children = elements, .n_children = 2, .n_whole = 2
	};

	assert_prints(list, "[1 \"a\"]");
	list.n_whole = 100;
	assert_prints(list, "[1 \"a\" …](len 100)");
	list.n_children = 0;
	assert_prints(list, "[…](len 100)");
	list.n_whole = 0;
	assert_prints(list, "[]");
}

Test(print, shows_structs)
{
	struct value fields[] = { number(VALUE_SIGNED, 1), number(VALUE_NIL, 0) };
	struct value value = {
		.kind = VALUE_STRUCT, .children = fields, .n_children = 2, .n_whole = 2
	};

	fields[0].label = "n";
	fields[1].label = "next";
	assert_prints(value, "{n:1 next:nil}");
	value.n_whole = 3;
	assert_prints(value, "{n:1 next:nil …}");
	value.n_children = value.n_whole = 0;
	assert_prints(value, "{}");
}

Test(print, shows_what_pointers_lead_to)
{
	const struct value target = number(VALUE_SIGNED, 1);

	assert_prints((struct value){ .kind = VALUE_POINTER, .children = &target, .n_children = 1 },
		      "&1");
}

Test(print, shows_how_many_elements_there_are)
{
	assert_prints((struct value){ .kind = VALUE_SIZED, .type = "map[string]int", .n_whole = 3 },
		      "map[string]int(len 3)");
}

Test(print, shows_functions)
{
	assert_prints((struct value){ .kind = VALUE_FUNCTION, .bytes = "main.f", .n_bytes = 6 },
		      "main.f");
	assert_prints(number(VALUE_FUNCTION, 0x401000), "func at 0x401000");
}

Test(print, shows_what_interfaces_hold)
{
	const struct value held = number(VALUE_SIGNED, 7), text_held = string("a");
	struct value value = { .kind = VALUE_DYNAMIC, .type = "main.celsius" };

	assert_prints(value, "main.celsius");
	value.children = &held;
	value.n_children = 1;
	assert_prints(value, "main.celsius(7)");
	value.type = "int";
	assert_prints(value, "7");
	value.type = "string";
	value.children = &text_held;
	assert_prints(value, "\"a\"");
}

Test(print, shows_errors)
{
	struct value value = string("no such file\n");

	value.kind = VALUE_ERROR;
	value.type = "*fs.PathError";
	assert_prints(value, "\"no such file\\n\" (*fs.PathError)");
}

static void assert_duration(int64_t ns, const char *expected)
{
	struct value_text_duration buffer;

	cr_assert_str_eq(value_text_duration(&buffer, ns), expected, "%s instead of %s",
			 buffer.text, expected);
	assert_prints(number(VALUE_DURATION, (uint64_t)ns), expected);
}

/* As time.Duration's String (Go: time/time_test.go). */
Test(print, shows_durations_as_go_does)
{
	assert_duration(0, "0s");
	assert_duration(1, "1ns");
	assert_duration(100, "100ns");
	assert_duration(1100, "1.1µs");
	assert_duration(2200000, "2.2ms");
	assert_duration(100000000, "100ms");
	assert_duration(999999999, "999.999999ms");
	assert_duration(3300000000, "3.3s");
	assert_duration(245000000000, "4m5s");
	assert_duration(245001000000, "4m5.001s");
	assert_duration(18367001000000, "5h6m7.001s");
	assert_duration(480000000001, "8m0.000000001s");
	assert_duration(3600000000000, "1h0m0s");
	assert_duration(-3300000000, "-3.3s");
	assert_duration(-1, "-1ns");
	assert_duration(INT64_MAX, "2562047h47m16.854775807s");
	assert_duration(INT64_MIN, "-2562047h47m16.854775808s");
}

static void assert_time(int64_t seconds, uint32_t ns, const char *expected)
{
	struct value value = { .kind = VALUE_TIME, .number = (uint64_t)seconds, .ns = ns };

	assert_prints(value, expected);
}

Test(print, shows_times_in_utc)
{
	setenv("TZ", "America/New_York", 1);
	assert_time(0, 0, "1970-01-01T00:00:00Z");
	assert_time(1700000000, 250000000, "2023-11-14T22:13:20.25Z");
	assert_time(1700000000, 1, "2023-11-14T22:13:20.000000001Z");
	assert_time(-1, 999999999, "1969-12-31T23:59:59.999999999Z");
	assert_time(253402300799, 0, "9999-12-31T23:59:59Z");
}

Test(print, shows_times_of_early_years_with_four_digits)
{
	assert_time(-62135596800, 0, "0001-01-01T00:00:00Z");
	assert_time(-30610224000, 0, "1000-01-01T00:00:00Z");
	assert_time(-30641760000, 0, "0999-01-01T00:00:00Z");
}

Test(print, shows_times_that_no_calendar_has)
{
	assert_time(INT64_MAX, 0, "9223372036854775807s");
	assert_time(INT64_MIN, 5, "-9223372036854775808s");
	assert_time(0, 1000000000, "1970-01-01T00:00:00Z");
	assert_time(0, UINT32_MAX, "1970-01-01T00:00:00.294967295Z");
}
