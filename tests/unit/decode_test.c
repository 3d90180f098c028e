/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/decode.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "wished.h"

/* From a function's parameters to text, by way of the routine that runs in the kernel. */
TestSuite(decode, .init = wished_init, .fini = wished_fini);

enum { HEAP = 0x1000, MORE = 0x2000, STACK = 0x7000 };

static const uint64_t huge = 1ULL << 63;

/* What is on the stack from the return address on: the first parameter that has no register. */
static void put_on_stack(const void *bytes, size_t n_bytes)
{
	fetched_at_entry[RSP] = STACK;
	fetched_put(STACK + 8, bytes, n_bytes);
}

Test(decode, shows_numbers_of_each_kind)
{
	typed_function("(a bool, b int8, c int16, d int32, e int64, f uint8, g uint16, h uint32, "
		       "i uintptr, j uint64, k float32, l float64, m complex64, n complex128)");
	for (int i = 0; i < 12; i++)
		fetched_at_entry[i] = 0xfffffffffffffffe;
	fetched_at_entry[RAX] = 1;
	assert_shows("a", "true");
	assert_shows("b", "-2");
	assert_shows("c", "-2");
	assert_shows("d", "-2");
	assert_shows("e", "-2");
	assert_shows("f", "254");
	assert_shows("g", "65534");
	assert_shows("h", "4294967294");
	assert_shows("i", "0xfffffffffffffffe");
}

Test(decode, shows_reals_and_complex_numbers_in_memory)
{
	static const struct {
		double f;
		float g;
		float c[2];
		int32_t padding;
		double d[2];
	} values = { 0.1, 0.2f, { 1, -2 }, 0, { 1.5, 2.5 } };

	typed_function("(p *struct{f float64; g float32; c complex64; d complex128})");
	fetched_put(HEAP, &values, sizeof(values));
	fetched_at_entry[RAX] = HEAP;
	assert_shows("p", "&{f:0.1 g:0.2 c:(1-2i) d:(1.5+2.5i)}");
	assert_shows("p.c", "(1-2i)");
}

Test(decode, shows_strings)
{
	typed_function("(s string)");
	fetched_put(HEAP, "alice\n", 6);
	fetched_at_entry[RAX] = HEAP;
	fetched_at_entry[RBX] = 6;
	assert_shows("s", "\"alice\\n\"");
	fetched_at_entry[RBX] = 3;
	assert_shows("s", "\"ali\"");
	fetched_at_entry[RBX] = 0;
	assert_shows("s", "\"\"");
	fetched_at_entry[RAX] = 0;
	assert_shows("s", "\"\"");
}

Test(decode, shows_how_much_of_a_string_was_not_taken)
{
	static char bytes[SHAPE_STRING_BYTES + 1];
	char expected[SHAPE_STRING_BYTES + 32];

	memset(bytes, 'x', sizeof(bytes));
	typed_function("(s string)");
	fetched_put(HEAP, bytes, sizeof(bytes));
	fetched_at_entry[RAX] = HEAP;
	fetched_at_entry[RBX] = SHAPE_STRING_BYTES;
	snprintf(expected, sizeof(expected), "\"%.*s\"", SHAPE_STRING_BYTES, bytes);
	assert_shows("s", expected);
	fetched_at_entry[RBX] = SHAPE_STRING_BYTES + 1;
	strcat(expected, "…(129 bytes)");
	assert_shows("s", expected);
}

Test(decode, shows_no_string_that_cannot_be_read)
{
	typed_function("(s string)");
	fetched_put(HEAP, "alice", 5);
	fetched_at_entry[RAX] = HEAP;
	fetched_at_entry[RBX] = 6;
	assert_shows("s", "<unreadable>");
	fetched_at_entry[RAX] = 0;
	assert_shows("s", "<unreadable>");
	fetched_at_entry[RAX] = UINT64_MAX;
	assert_shows("s", "<unreadable>");
	fetched_at_entry[RAX] = HEAP;
	fetched_at_entry[RBX] = huge;
	assert_shows("s", "<unreadable>");
	fetched_at_entry[RBX] = UINT64_MAX;
	assert_shows("s", "<unreadable>");
	fetched_at_entry[RBX] = huge - 1;
	assert_shows("s", "<unreadable>");
}

Test(decode, believes_a_length_that_may_be)
{
	static char bytes[SHAPE_STRING_BYTES] = "x";

	typed_function("(s string, xs []int)");
	fetched_put(HEAP, bytes, sizeof(bytes));
	fetched_at_entry[RAX] = fetched_at_entry[RCX] = HEAP;
	fetched_at_entry[RBX] = fetched_at_entry[RDI] = huge - 1;
	wish("s", NULL);
	cr_assert(strstr(wished_value(fetched_call(&wished.program)),
			 "\"…(9223372036854775807 bytes)"));
	assert_shows("xs", "[120 0 0 0 0 0 0 0 …](len 9223372036854775807)");
}

Test(decode, shows_slices)
{
	static const int32_t elements[] = { 1, -2, 3, 4, 5, 6, 7, 8, 9 };

	typed_function("(xs []int32)");
	assert_shows("xs", "nil");
	fetched_put(HEAP, elements, sizeof(elements));
	fetched_at_entry[RAX] = HEAP;
	assert_shows("xs", "[]");
	fetched_at_entry[RBX] = 2;
	assert_shows("xs", "[1 -2]");
	fetched_at_entry[RBX] = 9;
	assert_shows("xs", "[1 -2 3 4 5 6 7 8 …](len 9)");
	fetched_at_entry[RBX] = huge;
	assert_shows("xs", "<unreadable>");
	fetched_at_entry[RBX] = 2;
	fetched_at_entry[RAX] = MORE;
	assert_shows("xs", "[<unreadable> <unreadable>]");
}

Test(decode, shows_slices_of_strings)
{
	static const uint64_t strings[] = { MORE, 3, MORE + 1, 2, 0, 0, 0x9999, 1 };

	typed_function("(xs []string)");
	fetched_put(HEAP, strings, sizeof(strings));
	fetched_put(MORE, "abc", 3);
	fetched_at_entry[RAX] = HEAP;
	fetched_at_entry[RBX] = 4;
	assert_shows("xs", "[\"abc\" \"bc\" \"\" <unreadable>]");
}

Test(decode, shows_bytes_as_a_string)
{
	typed_function("(b []byte, a [5]uint8, p *[2]byte)");
	fetched_put(HEAP,
		    "ab\0\xff"
		    "c",
		    5);
	put_on_stack("array", 5);
	fetched_at_entry[RAX] = HEAP;
	fetched_at_entry[RBX] = 5;
	fetched_at_entry[RDI] = HEAP;
	assert_shows("b", "\"ab\\x00\\xffc\"");
	assert_shows("a", "\"array\"");
	assert_shows("p", "&\"ab\"");
	fetched_at_entry[RBX] = 6;
	assert_shows("b", "<unreadable>");
	fetched_at_entry[RAX] = 0;
	assert_shows("b", "nil");
}

Test(decode, shows_slices_whose_elements_are_not_taken)
{
	typed_function("(a []struct{}, b [][2000]int8, c []?)");
	fetched_at_entry[RAX] = fetched_at_entry[RDI] = fetched_at_entry[R9] = HEAP;
	fetched_at_entry[RBX] = fetched_at_entry[RSI] = fetched_at_entry[R10] = 3;
	assert_shows("a", "[…](len 3)");
	assert_shows("b", "[…](len 3)");
	assert_shows("c", "[…](len 3)");
}

Test(decode, shows_arrays)
{
	static const int16_t elements[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

	typed_function("(a [9]int16, b [0]int, c [1]int8, d [1152921504606846976]struct{})");
	put_on_stack(elements, sizeof(elements));
	fetched_at_entry[RAX] = 5;
	assert_shows("a", "[1 2 3 4 5 6 7 8 …](len 9)");
	assert_shows("b", "[]");
	assert_shows("c", "[5]");
	assert_shows("d", "[{} {} {} {} {} {} {} {} …](len 1152921504606846976)");
}

Test(decode, shows_arrays_of_strings)
{
	static const uint64_t strings[] = { HEAP, 1, HEAP + 1, 2 };

	typed_function("(a [2]string)");
	fetched_put(HEAP, "abc", 3);
	put_on_stack(strings, sizeof(strings));
	assert_shows("a", "[\"a\" \"bc\"]");
}

Test(decode, shows_what_pointers_lead_to)
{
	static const uint64_t words[] = { 7, MORE };

	typed_define("main.node", "struct{n int; next *main.node}");
	typed_function("(p *main.node, q *int, u unsafe.Pointer, v **int)");
	fetched_put(HEAP, words, sizeof(words));
	fetched_put(MORE, words, sizeof(words));
	assert_shows("p", "nil");
	fetched_at_entry[RAX] = fetched_at_entry[RBX] = fetched_at_entry[RCX] = HEAP;
	fetched_at_entry[RDI] = HEAP + 8;
	assert_shows("p", "&{n:7 next:0x2000}");
	assert_shows("p.next", "&{n:7 next:0x2000}");
	assert_shows("q", "&7");
	assert_shows("u", "0x1000");
	assert_shows("v", "&0x2000");
	assert_shows("*v", "&7");
}

Test(decode, shows_addresses_of_what_cannot_be_read)
{
	typed_function("(p *int, q *struct{n int}, r *struct{})");
	fetched_at_entry[RAX] = fetched_at_entry[RBX] = fetched_at_entry[RCX] = MORE;
	assert_shows("p", "0x2000");
	assert_shows("q", "0x2000");
	assert_shows("r", "0x2000");
	assert_shows("*p", "<unreadable>");
}

Test(decode, shows_how_much_is_in_maps_and_chans)
{
	static const uint64_t head[] = { 3, 10 };

	typed_function("(m map[string]int, c chan int)");
	assert_shows("m", "nil");
	assert_shows("c", "nil");
	fetched_put(HEAP, head, sizeof(head));
	fetched_at_entry[RAX] = fetched_at_entry[RBX] = HEAP;
	assert_shows("m", "map[string]int(len 3)");
	assert_shows("c", "chan int(len 3)");
	fetched_at_entry[RAX] = fetched_at_entry[RBX] = MORE;
	assert_shows("m", "<unreadable>");
	assert_shows("c", "<unreadable>");
}

Test(decode, shows_no_map_of_a_length_that_none_has)
{
	typed_function("(m map[string]int)");
	fetched_put(HEAP, &huge, sizeof(huge));
	fetched_at_entry[RAX] = HEAP;
	assert_shows("m", "<unreadable>");
}

static const char *name_function(void *context, uint64_t ip)
{
	return ip == 0x401000 ? context : NULL;
}

Test(decode, shows_functions_by_name_where_the_program_tells)
{
	static const uint64_t ips[] = { 0x401000, 0x402000 };
	const struct decode_program program = { .context = (void *)"main.f.func1",
						.function = name_function };

	typed_function("(f func())");
	assert_shows("f", "nil");
	fetched_put(HEAP, ips, sizeof(ips));
	fetched_at_entry[RAX] = HEAP;
	assert_shows("f", "func at 0x401000");
	wished_program = &program;
	assert_shows("f", "main.f.func1");
	fetched_at_entry[RAX] = HEAP + 8;
	assert_shows("f", "func at 0x402000");
	fetched_at_entry[RAX] = MORE;
	assert_shows("f", "0x2000");
}

Test(decode, shows_structs_with_what_their_fields_lead_to)
{
	typed_define("main.request",
		     "struct{method string; n int8; body []byte; next *main.request; "
		     "in struct{ok bool}}");
	typed_function("(r main.request)");
	fetched_put(HEAP, "GET", 3);
	fetched_at_entry[RAX] = HEAP;
	fetched_at_entry[RBX] = 3;
	fetched_at_entry[RCX] = (uint64_t)-7;
	fetched_at_entry[R10] = 1;
	assert_shows("r", "{method:\"GET\" n:-7 body:nil next:nil in:{ok:true}}");
	assert_shows("r.in", "{ok:true}");
}

Test(decode, shows_times)
{
	/* With its highest bit set: 33 bits of seconds since 1885, and a clock reading behind. */
	const uint64_t since_1885 = 1700000000 + 2682288000;
	uint64_t words[3] = { 0, 0, 0 };

	typed_define("time.Location", "struct{name string}");
	typed_define("time.Time", "struct{wall uint64; ext int64; loc *time.Location}");
	typed_function("(t *time.Time, v time.Time)");
	fetched_put(HEAP, words, sizeof(words));
	fetched_at_entry[RAX] = HEAP;
	assert_shows("t", "&0001-01-01T00:00:00Z");
	assert_shows("v", "0001-01-01T00:00:00Z");
	words[0] = 250000000;
	words[1] = 62135596800 + 1700000000;
	assert_shows("*t", "2023-11-14T22:13:20.25Z");
	words[0] = 1ULL << 63 | since_1885 << 30 | 7;
	words[1] = 123456789;
	assert_shows("*t", "2023-11-14T22:13:20.000000007Z");
	fetched_at_entry[RAX] = 0;
	assert_shows("t", "nil");
	assert_shows("*t", "<unreadable>");
}

Test(decode, shows_durations)
{
	typed_function("(d time.Duration, n int64)");
	fetched_at_entry[RAX] = 90500000000;
	fetched_at_entry[RBX] = 90500000000;
	assert_shows("d", "1m30.5s");
	assert_shows("n", "90500000000");
}

Test(decode, shows_what_there_was_no_room_for)
{
	typed_function("(p *string, e error, s string, m map[int]int, f func())");
	fetched_put(HEAP, (const uint64_t[]){ 0, 0 }, 16);
	fetched_put(MORE, "x", 1);
	fetched_at_entry[RAX] = fetched_at_entry[RBX] = HEAP;
	fetched_at_entry[RDI] = MORE;
	fetched_at_entry[RSI] = 1;
	fetched_at_entry[R8] = fetched_at_entry[R9] = HEAP;
	wished_max_bytes = 16;
	assert_shows("e", "…");
	assert_shows("s", "…");
	wished_max_bytes = 8;
	assert_shows("p", "0x1000");
	assert_shows("m", "0x1000");
	assert_shows("f", "0x1000");
}

/* A record that is shorter than what its program takes. */
Test(decode, knows_nothing_beyond_the_end_of_a_record)
{
	struct {
		struct call_detail detail;
		uint8_t bytes[FETCH_MAX_BYTES];
	} record;

	typed_function("(a int, s string)");
	fetched_put(HEAP, "abc", 3);
	fetched_at_entry[RAX] = 5;
	fetched_at_entry[RBX] = HEAP;
	fetched_at_entry[RCX] = 3;
	wish(WISHED_ALL, NULL);
	memcpy(&record, fetched_call(&wished.program), sizeof(record));
	cr_assert_str_eq(wished_values(&record.detail), "a=5, s=\"abc\"");
	record.detail.n_bytes = 8;
	cr_assert_str_eq(wished_values(&record.detail), "a=5, s=<not reachable>");
	record.detail.n_bytes = 24;
	cr_assert_str_eq(wished_values(&record.detail), "a=5, s=<not reachable>");
	record.detail.n_bytes = 7;
	cr_assert_str_eq(wished_values(&record.detail), "a=<not reachable>, s=<not reachable>");
	record.detail.n_bytes = 0;
	cr_assert_str_eq(wished_values(&record.detail), "a=<not reachable>, s=<not reachable>");
	record.detail.n_bytes = UINT16_MAX;
	cr_assert_str_eq(wished_values(&record.detail), "a=5, s=\"abc\"");
}

Test(decode, believes_the_record_about_what_failed)
{
	struct {
		struct call_detail detail;
		uint8_t bytes[FETCH_MAX_BYTES];
	} record;

	typed_function("(a int, b int)");
	wish(WISHED_ALL, NULL);
	memcpy(&record, fetched_call(&wished.program), sizeof(record));
	record.detail.failed_steps[0] = 2;
	cr_assert_str_eq(wished_values(&record.detail), "a=0, b=<unreadable>");
	record.detail.failed_steps[0] = record.detail.failed_steps[1] = UINT64_MAX;
	cr_assert_str_eq(wished_values(&record.detail), "a=<unreadable>, b=<unreadable>");
}

/* Whatever the registers say, and whatever was in the capture, there is an end, and no fault. */
Test(decode, survives_whatever_is_in_a_record)
{
	static struct {
		struct call_detail detail;
		uint8_t bytes[FETCH_MAX_BYTES];
	} record;
	uint64_t state = 1;

	typed_define("time.Time", "struct{wall uint64; ext int64; loc *?}");
	typed_define("main.node",
		     "struct{n int; next *main.node; s string; e error; m map[int]any; "
		     "t time.Time; xs [3][]string; f func(); c complex128; d time.Duration}");
	typed_function("(v main.node, p *main.node, s []main.node, e error) (a any, b [8][]byte)");
	wish(WISHED_ALL, NULL);
	memcpy(&record.detail, fetched_call(&wished.program), sizeof(record.detail));
	for (int round = 0; round < 2000; round++) {
		for (size_t i = 0; i < sizeof(record.bytes); i += 8) {
			uint64_t word;

			state = state * 6364136223846793005 + 1442695040888963407;
			word = state >> 33;
			word = round % 3 == 0 ? word % 20 : round % 3 == 1 ? word << 33 : ~word;
			memcpy(record.bytes + i, &word, sizeof(word));
		}
		record.detail.failed_steps[0] = round % 2 ? state : 0;
		cr_assert(*wished_values(&record.detail));
	}
}

Test(decode, is_bounded_in_the_values_that_it_makes)
{
	static const uint8_t zeros[FETCH_MAX_BYTES];
	const char *shown;

	fetched_put(STACK, zeros, sizeof(zeros));
	typed_define("main.a0", "[8]int8");
	typed_define("main.a1", "[8]main.a0");
	typed_define("main.a2", "[8]main.a1");
	typed_define("main.a3", "[8]main.a2");
	typed_function("(v main.a3)");
	fetched_at_entry[RSP] = STACK;
	wish("v", NULL);
	shown = wished_value(fetched_call(&wished.program));
	cr_assert(strncmp(shown, "[[[[", 4) == 0);
	cr_assert(strstr(shown, "[…](len 8)"));
}
