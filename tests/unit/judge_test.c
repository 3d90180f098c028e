/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/judge.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "wished.h"

TestSuite(judge, .init = wished_init, .fini = wished_fini);

static bool holds(const char *condition)
{
	wish(NULL, condition);
	return fetched_call(&wished.program);
}

static void assert_holds(const char *condition)
{
	cr_assert(holds(condition), "%s", condition);
}

static void assert_fails(const char *condition)
{
	cr_assert_not(holds(condition), "%s", condition);
}

static void assert_refused(const char *condition, const char *said)
{
	assert_wish_refused(NULL, condition, said);
}

Test(judge, compares_signed_numbers_of_each_size)
{
	static const char *const types[] = { "int", "int8", "int16", "int32", "int64" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		char function[32];

		snprintf(function, sizeof(function), "(n %s)", types[i]);
		typed_function(function);
		fetched_at_entry[RAX] = (uint64_t)-3;
		/* What is above the number in its register does not count. */
		if (typed.types.types[typed_as(types[i])].n_bytes < 8)
			fetched_at_entry[RAX] = 0x77777777fffffffd;
		assert_holds("n == -3");
		assert_fails("n == 3");
		assert_holds("n != 3");
		assert_fails("n != -3");
		assert_holds("n < -2");
		assert_fails("n < -3");
		assert_holds("n <= -3");
		assert_fails("n <= -4");
		assert_holds("n > -4");
		assert_fails("n > -3");
		assert_holds("n >= -3");
		assert_fails("n >= 0");
	}
}

Test(judge, compares_unsigned_numbers_of_each_size)
{
	static const char *const types[] = { "uint",   "uint8",	 "uint16",
					     "uint32", "uint64", "uintptr" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		char function[32];

		snprintf(function, sizeof(function), "(n %s)", types[i]);
		typed_function(function);
		fetched_at_entry[RAX] = 200;
		assert_holds("n == 200");
		assert_holds("n > 100");
		assert_fails("n < 100");
		assert_holds("n >= 200");
		assert_holds("n <= 0xc8");
		assert_fails("n != 200");
	}
}

Test(judge, tells_large_unsigned_numbers_from_negative_ones)
{
	typed_function("(u uint64, n int64)");
	fetched_at_entry[RAX] = fetched_at_entry[RBX] = UINT64_MAX;
	assert_holds("u > 0");
	assert_holds("u == 18446744073709551615");
	assert_fails("n > 0");
	assert_holds("n == -1");
}

Test(judge, compares_numbers_only_with_what_they_can_be)
{
	typed_function("(a int8, b uint8, c int64, d uint64, e uint16)");
	assert_fails("a == 127");
	assert_fails("a == -128");
	assert_refused("a == 128", "no value of type int8 is so large\n  a == 128\n       ^");
	assert_refused("a == -129", "no value of type int8 is so small\n  a == -129\n       ^");
	assert_fails("b == 255");
	assert_refused("b == 256", "no value of type uint8 is so large\n  b == 256\n       ^");
	assert_refused("b > -1", "no value of type uint8 is so small\n  b > -1\n      ^");
	assert_fails("c == 9223372036854775807");
	assert_fails("c == -9223372036854775808");
	assert_refused("c == 9223372036854775808",
		       "no value of type int64 is so large\n  c == 9223372036854775808\n       ^");
	assert_refused("c == -9223372036854775809",
		       "no value of type int64 is so small\n  c == -9223372036854775809\n       ^");
	assert_fails("d == 18446744073709551615");
	assert_fails("e == 65535");
	assert_refused("e == 65536", "no value of type uint16 is so large\n  e == 65536\n       ^");
}

Test(judge, compares_the_least_and_the_largest_numbers)
{
	typed_function("(n int64)");
	fetched_at_entry[RAX] = 1ULL << 63;
	assert_holds("n == -9223372036854775808");
	assert_holds("n < -9223372036854775807");
	fetched_at_entry[RAX] = INT64_MAX;
	assert_holds("n == 9223372036854775807");
	assert_holds("n > 9223372036854775806");
}

Test(judge, compares_durations)
{
	typed_define("main.wait", "int64");
	typed_function("(d time.Duration, n int32)");
	fetched_at_entry[RAX] = 1500000;
	assert_holds("d == 1.5ms");
	assert_holds("d > 1ms");
	assert_fails("d > 1s");
	assert_holds("d < 1500001");
	assert_refused("n > 3s", "no value of type int32 is so large\n  n > 3s\n      ^");
}

static struct {
	double real;
	float single;
	int32_t padding;
} reals;

/* p points to them. */
static void make_reals(void)
{
	typed_function("(p *struct{f float64; g float32})");
	fetched_at_entry[RAX] = 0x1000;
	fetched_put(0x1000, &reals, sizeof(reals));
}

static void set_reals(double real)
{
	reals.real = real;
	reals.single = (float)real;
}

Test(judge, compares_reals)
{
	make_reals();
	set_reals(-1.5);
	assert_holds("p.f == -1.5");
	assert_holds("p.g == -1.5");
	assert_holds("p.f < -1.25");
	assert_holds("p.g < -1.25");
	assert_fails("p.f < -1.75");
	assert_fails("p.g < -1.75");
	assert_holds("p.f > -2");
	assert_holds("p.f <= 0");
	assert_holds("p.g >= -1.5");
	assert_holds("p.g != 1.5");
	set_reals(2.5);
	assert_holds("p.f > -2");
	assert_holds("p.g > 2");
	assert_holds("p.f < 3");
	assert_fails("p.g == -2.5");
}

Test(judge, rounds_to_what_a_small_real_can_be)
{
	make_reals();
	set_reals(0.1);
	assert_holds("p.g == 0.1");
	assert_holds("p.f == 0.1");
}

Test(judge, takes_both_zeros_for_one)
{
	make_reals();
	set_reals(-0.0);
	assert_holds("p.f == 0");
	assert_holds("p.g == 0.0");
	assert_fails("p.f < 0");
	set_reals(0.0);
	assert_holds("p.f == -0");
	assert_fails("p.g > -0.0");
}

Test(judge, compares_infinity)
{
	make_reals();
	set_reals(INFINITY);
	assert_holds("p.f > 1e308");
	assert_holds("p.g > 1");
	set_reals(-INFINITY);
	assert_holds("p.f < -1e308");
	assert_fails("p.g > 1");
}

Test(judge, finds_nothing_equal_to_what_is_no_number_and_nothing_less_or_greater)
{
	make_reals();
	for (int sign = -1; sign <= 1; sign += 2) {
		set_reals(copysign(NAN, sign));
		assert_holds("p.f != 1");
		assert_fails("p.f == 1");
		assert_fails("p.f > 1");
		assert_fails("p.f < 1");
		assert_fails("p.g >= 1");
		assert_fails("p.g <= 1");
		assert_holds("p.g != 0");
	}
}

Test(judge, compares_bools)
{
	typed_function("(ok bool)");
	fetched_at_entry[RAX] = 0xff01;
	assert_holds("ok == true");
	assert_fails("ok == false");
	assert_holds("ok != false");
	fetched_at_entry[RAX] = 0xff00;
	assert_holds("ok == false");
	assert_holds("ok != true");
}

Test(judge, compares_with_nil)
{
	static const char *const types[] = { "*int",   "[]int", "map[int]int", "chan int",
					     "func()", "error", "any",	       "unsafe.Pointer" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		char function[32];

		snprintf(function, sizeof(function), "(p %s)", types[i]);
		typed_function(function);
		fetched_at_entry[RAX] = 0;
		fetched_at_entry[RBX] = 0x1000;
		assert_holds("p == nil");
		assert_fails("p != nil");
		fetched_at_entry[RAX] = 0x1000;
		assert_fails("p == nil");
		assert_holds("p != nil");
	}
}

static void set_string(const char *bytes, size_t n_bytes)
{
	typed_function("(s string)");
	fetched_at_entry[RAX] = 0x1000;
	fetched_at_entry[RBX] = n_bytes;
	fetched_put(0x1000, bytes, strlen(bytes));
}

Test(judge, compares_strings)
{
	set_string("alice", 5);
	assert_holds("s == \"alice\"");
	assert_fails("s == \"alicia\"");
	assert_fails("s == \"alic\"");
	assert_fails("s == \"Alice\"");
	assert_fails("s == \"\"");
	assert_holds("s != \"alic\"");
	assert_holds("s != \"alices\"");
	assert_fails("s != \"alice\"");
	assert_holds("s ^= \"al\"");
	assert_holds("s ^= \"alice\"");
	assert_holds("s ^= \"\"");
	assert_fails("s ^= \"alices\"");
	assert_fails("s ^= \"lice\"");
}

Test(judge, compares_strings_of_a_word_and_more)
{
	set_string("0123456789abcdef0", 17);
	assert_holds("s == \"0123456789abcdef0\"");
	assert_fails("s == \"0123456789abcdef1\"");
	assert_fails("s == \"0123456x89abcdef0\"");
	assert_holds("s ^= \"01234567\"");
	assert_holds("s ^= \"012345678\"");
	assert_fails("s ^= \"01234568\"");
	assert_fails("s ^= \"012345679\"");
}

Test(judge, knows_an_empty_string)
{
	set_string("alice", 0);
	assert_holds("s == \"\"");
	assert_fails("s != \"\"");
	assert_holds("s ^= \"\"");
	assert_fails("s ^= \"a\"");
	fetched_at_entry[RAX] = 0;
	assert_holds("s == \"\"");
}

/* As many as there are letters: 64, and with one more 65. */
#define LETTERS "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"

Test(judge, compares_strings_of_up_to_64_bytes)
{
	set_string(LETTERS "mno", 64);
	assert_holds("s == \"" LETTERS "\"");
	assert_holds("s ^= \"" LETTERS "\"");
	fetched_at_entry[RBX] = 65;
	assert_fails("s == \"" LETTERS "\"");
	assert_holds("s ^= \"" LETTERS "\"");
	assert_refused("s == \"" LETTERS "m\"", "strings are compared with 64 bytes at most\n"
						"  s == \"" LETTERS "m\"\n       ^");
}

Test(judge, compares_zeros_in_strings)
{
	static const char bytes[] = { 'a', 0, 'b' };

	typed_function("(s string)");
	fetched_at_entry[RAX] = 0x1000;
	fetched_at_entry[RBX] = 3;
	fetched_put(0x1000, bytes, 3);
	assert_holds("s == \"a\\0b\"");
	assert_fails("s == \"a\\0c\"");
	assert_fails("s == \"a\"");
}

Test(judge, finds_nothing_equal_that_cannot_be_read)
{
	set_string("alice", 9);
	assert_fails("s == \"alice\"");
	assert_fails("s != \"alice\"");
	assert_fails("s ^= \"al\"");
	fetched_at_entry[RBX] = 1ULL << 63;
	assert_fails("s != \"alice\"");
	fetched_at_entry[RBX] = UINT64_MAX;
	assert_fails("s != \"\"");
}

Test(judge, looks_behind_pointers)
{
	static const uint64_t words[] = { 7, 0 };

	typed_function("(p *struct{n int; q *struct{m int}})");
	fetched_put(0x1000, words, sizeof(words));
	fetched_at_entry[RAX] = 0x1000;
	assert_holds("p.n == 7");
	assert_fails("p.q.m == 0");
	assert_fails("p.q.m != 0");
	assert_holds("p.q == nil");
	fetched_at_entry[RAX] = 0;
	assert_fails("p.n == 7");
	assert_fails("p.n == 0");
	assert_fails("p.n != 0");
}

Test(judge, is_not_led_astray_by_calls_before)
{
	static const uint64_t words[] = { 0x2000 }, target[] = { 7 };

	typed_function("(p *struct{q *struct{m int}}, xs []*int)");
	fetched_put(0x1000, words, sizeof(words));
	fetched_put(0x2000, target, sizeof(target));
	fetched_at_entry[RAX] = 0x1000;
	assert_holds("p.q.m == 7");
	fetched_at_entry[RAX] = 0;
	assert_fails("p.q.m == 7");
	fetched_at_entry[RBX] = 0x1000;
	fetched_at_entry[RCX] = 1;
	assert_holds("*xs[0] == 7");
	fetched_at_entry[RCX] = 0;
	assert_fails("*xs[0] == 7");
}

Test(judge, knows_lengths)
{
	static const uint64_t head[] = { 3 };

	typed_function("(xs []int, m map[int]int, a [4]int)");
	fetched_put(0x1000, head, sizeof(head));
	fetched_at_entry[RBX] = 5;
	fetched_at_entry[RDI] = 0x1000;
	assert_holds("len(xs) > 4");
	assert_fails("len(xs) > 5");
	assert_holds("len(m) == 3");
	assert_refused("len(a) == 4", "the length of an array is no condition\n  len(a) == 4\n  ^");
}

Test(judge, needs_all_conditions)
{
	typed_function("(a int, b int) (c int)");
	fetched_at_entry[RAX] = 1;
	fetched_at_entry[RBX] = 2;
	fetched_at_return[RAX] = 3;
	assert_holds("a == 1 && b == 2 && c == 3");
	assert_fails("a == 0 && b == 2 && c == 3");
	assert_fails("a == 1 && b == 0 && c == 3");
	assert_fails("a == 1 && b == 2 && c == 0");
}

Test(judge, refuses_literals_of_another_kind)
{
	typed_function("(n int, s string, ok bool, p *struct{f float64})");
	assert_refused("n == \"a\"",
		       "a value of type int cannot be compared with this\n  n == \"a\"\n       ^");
	assert_refused("n == 1.5",
		       "a value of type int cannot be compared with this\n  n == 1.5\n       ^");
	assert_refused("n == true",
		       "a value of type int cannot be compared with this\n  n == true\n       ^");
	assert_refused("n == nil",
		       "a value of type int cannot be compared with this\n  n == nil\n       ^");
	assert_refused("s == 1",
		       "a value of type string cannot be compared with this\n  s == 1\n       ^");
	assert_refused("s != nil",
		       "a value of type string cannot be compared with this\n  s != nil\n       ^");
	assert_refused("ok == 1",
		       "a value of type bool cannot be compared with this\n  ok == 1\n        ^");
	assert_refused("p == 0", "a value of type *struct{f float64} cannot be compared with this\n"
				 "  p == 0\n       ^");
	assert_refused("p.f == 1ms", "a value of type float64 cannot be compared with this\n"
				     "  p.f == 1ms\n         ^");
}

Test(judge, refuses_operators_that_mean_nothing)
{
	typed_function("(n int, s string, ok bool, p *int, e error)");
	assert_refused("n ^= 1", "^= does not compare values of type int\n  n ^= 1\n    ^");
	assert_refused("s < \"a\"", "< does not compare values of type string\n  s < \"a\"\n    ^");
	assert_refused("ok > true", "> does not compare values of type bool\n  ok > true\n     ^");
	assert_refused("p >= nil",
		       ">= does not compare values of type *int with nil\n  p >= nil\n    ^");
	assert_refused("e ^= nil",
		       "^= does not compare values of type error with nil\n  e ^= nil\n    ^");
}

Test(judge, refuses_values_that_cannot_be_compared)
{
	typed_function("(v struct{n int}, a [1]int, c complex64)");
	assert_refused("v == 1", "a value of type struct{n int} cannot be compared; one of its "
				 "fields may be\n  v == 1\n    ^");
	assert_refused("a == 1", "a value of type [1]int cannot be compared\n  a == 1\n    ^");
	assert_refused("c == 1", "a value of type complex64 cannot be compared\n  c == 1\n    ^");
}

Test(judge, says_what_is_in_a_floating_point_register)
{
	typed_function("(n int, f float64)");
	assert_refused("f > 1", "this is in the floating point register X0, which the kernel does "
				"not let BPF programs read\n  f > 1\n  ^");
	assert_refused("g > 1", "main.f has no 'g'; its parameters: n int, f float64; its results: "
				"none\n  g > 1\n  ^");
}
