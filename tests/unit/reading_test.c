/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/reading.h"

#include <criterion/criterion.h>
#include <string.h>

/* A record of which bytes 0 to 63 were taken, 64 to 79 were out of reach, and the rest never wanted. */
enum { N_TAKEN = 64, N_FAILED = 16, N_BYTES = 128 };

static struct {
	struct call_detail detail;
	uint8_t bytes[N_BYTES];
} record;
static struct capture capture;
static struct decoder decoder;

static void begin(void)
{
	decoder_begin(&decoder, NULL, &capture, NULL, &record.detail);
}

static void init(void)
{
	memset(&record, 0, sizeof(record));
	memset(&capture, 0, sizeof(capture));
	record.detail.n_bytes = N_BYTES;
	record.detail.failed_steps[0] = 2;
	capture.program.at_entry.n_steps = 2;
	capture.program.steps[0] = (struct fetch_step){ .kind = FETCH_MEMORY,
							.base_at = FETCH_NOWHERE,
							.n_bytes = N_TAKEN };
	capture.program.steps[1] = (struct fetch_step){
		.kind = FETCH_MEMORY, .base_at = FETCH_NOWHERE, .to = N_TAKEN, .n_bytes = N_FAILED
	};
	begin();
}

TestSuite(reading, .init = init);

static void add_step(struct fetch_step step)
{
	capture.program.steps[capture.program.at_entry.n_steps++] = step;
}

static void put_word(size_t at, uint64_t word)
{
	memcpy(record.bytes + at, &word, sizeof(word));
}

Test(reading, knows_what_was_taken)
{
	cr_assert_eq(decode_state(&decoder, 0, N_TAKEN), DECODE_TAKEN);
	cr_assert_eq(decode_state(&decoder, N_TAKEN - 1, 1), DECODE_TAKEN);
	cr_assert_eq(decode_state(&decoder, N_TAKEN, N_FAILED), DECODE_UNREADABLE);
	cr_assert_eq(decode_state(&decoder, N_TAKEN - 1, 2), DECODE_UNREADABLE);
	cr_assert_eq(decode_state(&decoder, N_TAKEN + N_FAILED, 1), DECODE_UNREACHABLE);
	cr_assert_eq(decode_state(&decoder, N_BYTES - 1, 2), DECODE_UNREACHABLE);
	cr_assert_eq(decode_state(&decoder, N_BYTES, 1), DECODE_UNREACHABLE);
	cr_assert_eq(decode_state(&decoder, UINT16_MAX, 1ULL << 50), DECODE_UNREACHABLE);
	cr_assert_eq(decode_state(&decoder, 3, 0), DECODE_TAKEN);
}

Test(reading, knows_only_what_was_taken_before_the_call_ended)
{
	capture.program.at_return = (struct fetch_part){ .first_step = 2, .n_steps = 1 };
	capture.program.steps[2] = (struct fetch_step){ .n_bytes = 8, .to = 80 };
	begin();
	cr_assert_eq(decode_state(&decoder, 80, 8), DECODE_TAKEN);
	record.detail.end = END_UNWOUND;
	begin();
	cr_assert_eq(decode_state(&decoder, 80, 8), DECODE_UNREACHABLE);
	cr_assert(decoder_has(&decoder, &(struct captured){ .is_at_return = false }));
	cr_assert_not(decoder_has(&decoder, &(struct captured){ .is_at_return = true }));
}

Test(reading, knows_how_many_elements_were_taken)
{
	put_word(8, 3);
	add_step((struct fetch_step){ .kind = FETCH_ELEMENTS,
				      .base_at = 0,
				      .count_at = 8,
				      .to = 80,
				      .n_bytes = 4,
				      .max_count = 8 });
	begin();
	cr_assert_eq(decode_state(&decoder, 80, 12), DECODE_TAKEN);
	cr_assert_eq(decode_state(&decoder, 80, 13), DECODE_UNREACHABLE);
	put_word(8, UINT64_MAX);
	begin();
	cr_assert_eq(decode_state(&decoder, 80, 32), DECODE_TAKEN);
	cr_assert_eq(decode_state(&decoder, 80, 33), DECODE_UNREACHABLE);
}

Test(reading, knows_that_what_builds_on_a_failed_step_has_failed)
{
	add_step((struct fetch_step){
		.kind = FETCH_MEMORY, .base_at = N_TAKEN, .to = 80, .n_bytes = 8 });
	add_step(
		(struct fetch_step){ .kind = FETCH_MEMORY, .base_at = 80, .to = 88, .n_bytes = 8 });
	add_step((struct fetch_step){
		.kind = FETCH_MEMORY, .base_at = 120, .to = 96, .n_bytes = 8 });
	begin();
	cr_assert_eq(decode_state(&decoder, 80, 8), DECODE_UNREADABLE);
	cr_assert_eq(decode_state(&decoder, 88, 8), DECODE_UNREADABLE);
	cr_assert_eq(decode_state(&decoder, 96, 8), DECODE_UNREACHABLE);
}

Test(reading, stays_within_the_record)
{
	add_step((struct fetch_step){ .n_bytes = 1000, .to = 120 });
	add_step((struct fetch_step){ .n_bytes = 1000, .to = UINT16_MAX });
	begin();
	cr_assert_eq(decode_state(&decoder, 120, 8), DECODE_TAKEN);
	cr_assert_eq(decode_state(&decoder, 120, 9), DECODE_UNREACHABLE);
}

Test(reading, gives_words)
{
	uint64_t word = 4711;

	put_word(8, 0x1122334455667788);
	cr_assert(decode_word(&decoder, 8, &word));
	cr_assert_eq(word, 0x1122334455667788);
	cr_assert(decode_word(&decoder, 9, &word));
	cr_assert_eq(word, 0x11223344556677);
	cr_assert_not(decode_word(&decoder, N_TAKEN - 7, &word));
	cr_assert_not(decode_word(&decoder, N_BYTES, &word));
	cr_assert_eq(word, 0x11223344556677);
}

Test(reading, says_how_a_value_is_missing)
{
	struct value value;

	cr_assert_not(decode_is_missing(&decoder, 0, 8, &value));
	cr_assert(decode_is_missing(&decoder, N_TAKEN, 8, &value));
	cr_assert_eq(value.kind, VALUE_UNREADABLE);
	cr_assert(decode_is_missing(&decoder, N_BYTES, 8, &value));
	cr_assert_eq(value.kind, VALUE_UNREACHABLE);
}

Test(reading, makes_no_more_values_than_there_is_room_for)
{
	struct value *first = decode_new(&decoder, 3);

	cr_assert_not_null(first);
	cr_assert_eq(decode_new(&decoder, 1), first + 3);
	cr_assert_null(decode_new(&decoder, DECODE_MAX_VALUES - 3));
	cr_assert_null(decode_new(&decoder, SIZE_MAX));
	cr_assert_not_null(decode_new(&decoder, DECODE_MAX_VALUES - 4));
	cr_assert_null(decode_new(&decoder, 1));
	cr_assert_not_null(decode_new(&decoder, 0));
	begin();
	cr_assert_eq(decode_new(&decoder, DECODE_MAX_VALUES), first);
}

Test(reading, makes_values_that_are_empty)
{
	struct value *value = decode_new(&decoder, 1);

	value->label = "n";
	value->n_bytes = 7;
	begin();
	value = decode_new(&decoder, 1);
	cr_assert_null(value->label);
	cr_assert_eq(value->n_bytes, 0);
}

static struct value number(enum go_kind kind, uint64_t at, uint64_t n_bytes)
{
	struct value value = { 0 };

	cr_assert(decode_number(&decoder, kind, "main.x", at, n_bytes, &value));
	return value;
}

Test(reading, extends_the_sign_of_numbers_that_have_one)
{
	put_word(0, 0xfffffffffffffff0);
	for (uint64_t n_bytes = 1; n_bytes <= 8; n_bytes++) {
		cr_assert_eq((int64_t)number(GO_INT, 0, n_bytes).number, -16);
		cr_assert_eq(number(GO_UINT, 0, n_bytes).number,
			     0xfffffffffffffff0 & UINT64_MAX >> (64 - 8 * n_bytes));
	}
	cr_assert_eq(number(GO_INT64, 0, 8).kind, VALUE_SIGNED);
	cr_assert_eq(number(GO_UINT8, 0, 1).kind, VALUE_UNSIGNED);
	cr_assert_eq(number(GO_UINTPTR, 0, 8).kind, VALUE_ADDRESS);
}

Test(reading, reads_numbers_where_they_are_not_aligned)
{
	const double real = 1.5;
	const float single = 2.5f;

	memcpy(record.bytes + 1, &real, sizeof(real));
	memcpy(record.bytes + 17, &single, sizeof(single));
	record.bytes[31] = 1;
	cr_assert_eq(number(GO_FLOAT64, 1, 8).real, 1.5);
	cr_assert_eq(number(GO_FLOAT32, 17, 4).real, 2.5);
	cr_assert_eq(number(GO_BOOL, 31, 1).kind, VALUE_BOOL);
	cr_assert_eq(number(GO_BOOL, 31, 1).number, 1);
}

Test(reading, says_which_numbers_are_missing)
{
	cr_assert_eq(number(GO_INT, N_TAKEN, 8).kind, VALUE_UNREADABLE);
	cr_assert_eq(number(GO_COMPLEX128, 100, 16).kind, VALUE_UNREACHABLE);
}

Test(reading, takes_nothing_else_for_a_number)
{
	static const struct {
		enum go_kind kind;
		uint64_t n_bytes;
	} others[] = {
		{ GO_STRING, 16 },
		{ GO_UNKNOWN, 8 },
		{ GO_ARRAY, 8 },
		{ GO_STRUCT, 8 },
		{ GO_INT, 0 },
		{ GO_INT, 9 },
		{ GO_INT, 16 },
		{ GO_BOOL, 9 },
		{ GO_FLOAT64, 0 },
		{ GO_FLOAT64, 2 },
		{ GO_FLOAT32, 7 },
		{ GO_FLOAT64, 16 },
		{ GO_COMPLEX64, 1 },
		{ GO_COMPLEX64, 4 },
		{ GO_COMPLEX128, 15 },
		{ GO_COMPLEX128, 17 },
		{ GO_COMPLEX128, UINT64_MAX },
	};
	struct value value;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		cr_assert_not(decode_number(&decoder, others[i].kind, "x", 0, others[i].n_bytes,
					    &value),
			      "%d of %lu bytes", others[i].kind, others[i].n_bytes);
}

Test(reading, knows_durations_by_their_type)
{
	struct value value;

	cr_assert(decode_number(&decoder, GO_INT64, "time.Duration", 0, 8, &value));
	cr_assert_eq(value.kind, VALUE_DURATION);
	cr_assert(decode_number(&decoder, GO_UINT64, "time.Duration", 0, 8, &value));
	cr_assert_eq(value.kind, VALUE_UNSIGNED);
}

static struct value string_at(uint64_t at, uint64_t content_at, uint64_t room)
{
	struct value value = { 0 };

	decode_string(&decoder, at, content_at, room, &value);
	return value;
}

Test(reading, gives_strings)
{
	struct value value;

	put_word(8, 20);
	memcpy(record.bytes + 16, "hello, world", 12);
	value = string_at(0, 16, 12);
	cr_assert_eq(value.kind, VALUE_STRING);
	cr_assert_eq(value.bytes, (const char *)record.bytes + 16);
	cr_assert_eq(value.n_bytes, 12);
	cr_assert_eq(value.n_whole, 20);
	put_word(8, 5);
	value = string_at(0, 16, 12);
	cr_assert_eq(value.n_bytes, 5);
	cr_assert_eq(value.n_whole, 5);
}

Test(reading, gives_no_strings_that_are_not_there)
{
	put_word(8, 5);
	cr_assert_eq(string_at(0, FETCH_NOWHERE, 12).kind, VALUE_NOT_TAKEN);
	cr_assert_eq(string_at(0, N_TAKEN - 4, 12).kind, VALUE_UNREADABLE);
	cr_assert_eq(string_at(0, N_BYTES, 12).kind, VALUE_UNREACHABLE);
	cr_assert_eq(string_at(N_TAKEN - 8, 16, 12).kind, VALUE_UNREADABLE);
	put_word(8, 1ULL << 63);
	cr_assert_eq(string_at(0, 16, 12).kind, VALUE_UNREADABLE);
	cr_assert_eq(string_at(0, FETCH_NOWHERE, 12).kind, VALUE_UNREADABLE);
}
