/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json_value.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void assert_json(struct value value, const char *expected)
{
	json_t *json = json_value(&value);
	char *text;

	cr_assert_not_null(json, "instead of %s", expected);
	text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
	cr_assert_str_eq(text, expected, "%s instead of %s", text, expected);
	free(text);
	json_decref(json);
}

static struct value number(enum value_kind kind, uint64_t number)
{
	return (struct value){ .kind = kind, .number = number };
}

static struct value string_of(const char *bytes, size_t n_bytes, uint64_t n_whole)
{
	return (struct value){
		.kind = VALUE_STRING, .bytes = bytes, .n_bytes = n_bytes, .n_whole = n_whole
	};
}

static struct value string(const char *bytes)
{
	return string_of(bytes, strlen(bytes), strlen(bytes));
}

static struct value real(double real)
{
	return (struct value){ .kind = VALUE_REAL, .real = real, .n_whole = sizeof(real) };
}

Test(json_value, has_words_of_its_own)
{
	assert_json(number(VALUE_NIL, 0), "null");
	assert_json(number(VALUE_BOOL, 1), "true");
	assert_json(number(VALUE_BOOL, 0), "false");
}

Test(json_value, has_whole_numbers_and_larger_ones_as_text)
{
	assert_json(number(VALUE_SIGNED, (uint64_t)-5), "-5");
	assert_json(number(VALUE_SIGNED, 1ULL << 63), "-9223372036854775808");
	assert_json(number(VALUE_UNSIGNED, INT64_MAX), "9223372036854775807");
	assert_json(number(VALUE_UNSIGNED, UINT64_MAX), "\"18446744073709551615\"");
	assert_json(number(VALUE_ADDRESS, 0xc000), "\"0xc000\"");
}

Test(json_value, has_reals_and_those_that_are_none_as_text)
{
	assert_json(real(1.5), "1.5");
	assert_json(real(-3), "-3.0");
	assert_json(real(NAN), "\"NaN\"");
	assert_json(real(-NAN), "\"NaN\"");
	assert_json(real(INFINITY), "\"+Inf\"");
	assert_json(real(-INFINITY), "\"-Inf\"");
	assert_json((struct value){ .kind = VALUE_COMPLEX, .real = 1.5, .imaginary = -INFINITY },
		    "[1.5,\"-Inf\"]");
}

Test(json_value, has_strings)
{
	assert_json(string(""), "\"\"");
	assert_json(string("a \"b\"\n\x1b"), "\"a \\\"b\\\"\\n\\u001B\"");
	assert_json(string("größe 😀"), "\"größe 😀\"");
}

Test(json_value, has_bytes_that_are_no_text_in_base_64)
{
	assert_json(string_of("a\0b", 3, 3), "{\"base64\":\"YQBi\"}");
	assert_json(string("\xff\xfe"), "{\"base64\":\"//4=\"}");
	assert_json(string("\xed\xa0\x80"), "{\"base64\":\"7aCA\"}");
	assert_json(string("\xc3"), "{\"base64\":\"ww==\"}");
}

Test(json_value, says_how_long_a_string_is_that_was_cut)
{
	assert_json(string_of("abc", 3, 200), "{\"text\":\"abc\",\"length\":200}");
	assert_json(string_of("a\0c", 3, 200), "{\"base64\":\"YQBj\",\"length\":200}");
	assert_json(string_of("", 0, 200), "{\"text\":\"\",\"length\":200}");
}

Test(json_value, leaves_out_the_half_of_a_character_that_was_cut)
{
	assert_json(string_of("ab\xc3", 3, 9), "{\"text\":\"ab\",\"length\":9}");
	assert_json(string_of("ab\xe2\x82", 4, 9), "{\"text\":\"ab\",\"length\":9}");
	assert_json(string_of("ab\xf0\x9f\x98", 5, 9), "{\"text\":\"ab\",\"length\":9}");
	assert_json(string_of("\xf0\x9f\x98", 3, 9), "{\"text\":\"\",\"length\":9}");
	assert_json(string_of("\x98\x98\x98\x98\x98", 5, 9),
		    "{\"base64\":\"mJiYmJg=\",\"length\":9}");
}

Test(json_value, keeps_the_whole_of_a_character_before_the_cut)
{
	assert_json(string_of("abé", 4, 9), "{\"text\":\"abé\",\"length\":9}");
	assert_json(string_of("→", 3, 9), "{\"text\":\"→\",\"length\":9}");
	assert_json(string_of("😀", 4, 9), "{\"text\":\"😀\",\"length\":9}");
}

Test(json_value, has_lists)
{
	const struct value elements[] = { number(VALUE_SIGNED, 1), string("a") };
	struct value list = {
		.kind = VALUE_LIST, .children = elements, .n_children = 2, .n_whole = 2
	};

	assert_json(list, "[1,\"a\"]");
	list.n_whole = 100;
	assert_json(list, "{\"elements\":[1,\"a\"],\"length\":100}");
	list.n_children = 0;
	assert_json(list, "{\"elements\":[],\"length\":100}");
	list.n_whole = 0;
	assert_json(list, "[]");
}

Test(json_value, has_structs)
{
	struct value fields[] = { number(VALUE_SIGNED, 1), number(VALUE_NIL, 0) };
	struct value value = {
		.kind = VALUE_STRUCT, .children = fields, .n_children = 2, .n_whole = 2
	};

	fields[0].label = "größe";
	fields[1].label = "next";
	assert_json(value, "{\"größe\":1,\"next\":null}");
	value.n_children = value.n_whole = 0;
	assert_json(value, "{}");
}

Test(json_value, mends_names_of_fields_that_are_not_utf8)
{
	struct value field = number(VALUE_SIGNED, 1);
	struct value value = {
		.kind = VALUE_STRUCT, .children = &field, .n_children = 1, .n_whole = 1
	};

	field.label = "a\xff";
	assert_json(value, "{\"a?\":1}");
}

Test(json_value, has_what_pointers_lead_to_in_their_place)
{
	const struct value target = string("x");

	assert_json((struct value){ .kind = VALUE_POINTER, .children = &target, .n_children = 1 },
		    "\"x\"");
}

Test(json_value, says_how_much_is_in_maps_and_chans)
{
	assert_json((struct value){ .kind = VALUE_SIZED, .type = "map[string]int", .n_whole = 3 },
		    "{\"type\":\"map[string]int\",\"length\":3}");
}

Test(json_value, has_durations_and_times_as_go_prints_them)
{
	assert_json(number(VALUE_DURATION, 1500000), "\"1.5ms\"");
	assert_json((struct value){ .kind = VALUE_TIME, .number = 1700000000, .ns = 250000000 },
		    "\"2023-11-14T22:13:20.25Z\"");
}

Test(json_value, has_functions_by_name_or_address)
{
	assert_json((struct value){ .kind = VALUE_FUNCTION, .bytes = "main.f", .n_bytes = 6 },
		    "\"main.f\"");
	assert_json(number(VALUE_FUNCTION, 0x401000), "\"0x401000\"");
	assert_json((struct value){ .kind = VALUE_FUNCTION, .bytes = "main.\xff", .n_bytes = 6 },
		    "\"main.?\"");
}

Test(json_value, has_what_interfaces_hold)
{
	const struct value held = number(VALUE_SIGNED, 7);
	struct value value = { .kind = VALUE_DYNAMIC, .type = "int" };

	assert_json(value, "{\"type\":\"int\"}");
	value.children = &held;
	value.n_children = 1;
	assert_json(value, "{\"type\":\"int\",\"value\":7}");
}

Test(json_value, has_errors)
{
	struct value value = string("no such file");

	value.kind = VALUE_ERROR;
	value.type = "*fs.PathError";
	assert_json(value, "{\"type\":\"*fs.PathError\",\"error\":\"no such file\"}");
}

Test(json_value, says_what_is_missing)
{
	assert_json(number(VALUE_UNREADABLE, 0), "{\"unreadable\":true}");
	assert_json(number(VALUE_UNREACHABLE, 0), "{\"unreachable\":true}");
	assert_json(number(VALUE_NOT_TAKEN, 0), "{\"cut\":true}");
}
