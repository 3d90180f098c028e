/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/trees.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gotraced/record.h"

/* What is handed on, as text: "main(f g(h))" for calls within each other, of functions 'a' and so on. */
static struct trees *trees;
static char told[1 << 16];
static uint64_t largest, n_within, n_told;
static int answer;

static void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void tell(const char *format, ...)
{
	size_t n = strlen(told);
	va_list args;

	va_start(args, format);
	vsnprintf(told + n, sizeof(told) - n, format, args);
	va_end(args);
}

static void tell_call(const struct tree_call *call)
{
	n_told += call->n_more + !call->is_more;
	if (call->is_more)
		tell("+%lu", call->n_more);
	else
		tell("%c", call->function == NO_FUNCTION ? '?' : (char)call->function);
	if (call->is_unwound)
		tell("!");
	if (call->values)
		tell("%s", call->values);
	if (!call->is_more && call->n_more)
		tell("+%lu", call->n_more);
}

static int use(void *context, const struct tree *tree)
{
	cr_assert_eq(context, &told);
	tell("%s%lu:", told[0] ? " " : "", tree->goid);
	n_within += tree->is_within;
	if (tree->is_within)
		tell("<%c", (char)tree->calls[0].caller);
	for (size_t i = 0; i < tree->n_calls; i++) {
		for (uint32_t depth = 0; depth < tree->calls[i].depth; depth++)
			tell(".");
		tell_call(&tree->calls[i]);
	}
	largest = tree->n_calls > largest ? tree->n_calls : largest;
	return answer;
}

static void init(void)
{
	told[0] = 0;
	largest = n_within = n_told = 0;
	answer = 0;
	cr_assert_eq(trees_new(&trees, use, &told), 0);
}

static void fini(void)
{
	trees_free(trees);
}

TestSuite(trees, .init = init, .fini = fini);

/* Of goroutine 1, where nothing else is said. */
static struct ended_call call_of(char function, uint32_t level, uint64_t start, uint64_t end)
{
	return (struct ended_call){
		.g = 0x1000,
		.goid = 1,
		.process = 7,
		.function = (uint32_t)function,
		.caller = level ? 'z' : NO_FUNCTION,
		.level = level,
		.start_ns = start,
		.duration_ns = end - start,
	};
}

static uint64_t add_call(struct ended_call call)
{
	uint64_t self_ns;

	cr_assert_eq(trees_add(trees, &call, &self_ns), 0);
	return self_ns;
}

static uint64_t add(char function, uint32_t level, uint64_t start, uint64_t end)
{
	return add_call(call_of(function, level, start, end));
}

static void left_out(char function, uint32_t level, uint64_t start, uint64_t end)
{
	struct ended_call call = call_of(function, level, start, end);

	call.is_left_out = true;
	add_call(call);
}

Test(trees, outermost_call_finishes_its_tree)
{
	cr_expect_eq(add('a', 0, 10, 20), 10);
	cr_expect_str_eq(told, "1:a");
}

Test(trees, calls_stand_in_the_order_in_which_they_began)
{
	add('d', 3, 30, 40);
	add('c', 2, 25, 45);
	add('e', 2, 50, 60);
	add('b', 1, 20, 70);
	add('f', 1, 80, 90);
	add('a', 0, 10, 100);
	cr_expect_str_eq(told, "1:a.b..c...d..e.f");
}

Test(trees, self_is_without_the_calls_directly_within)
{
	cr_expect_eq(add('c', 2, 30, 40), 10);
	cr_expect_eq(add('b', 1, 20, 50), 20);
	cr_expect_eq(add('d', 1, 60, 65), 5);
	cr_expect_eq(add('a', 0, 10, 100), 90 - 30 - 5);
}

Test(trees, each_goroutine_has_its_own)
{
	struct ended_call other = call_of('x', 1, 15, 16);

	other.g = 0x2000;
	other.goid = 2;
	add('b', 1, 20, 30);
	add_call(other);
	add('a', 0, 10, 40);
	other.function = 'y';
	other.level = 0;
	other.start_ns = 12;
	other.duration_ns = 50;
	add_call(other);
	cr_expect_str_eq(told, "1:a.b 2:y.x");
}

Test(trees, so_has_each_process)
{
	struct ended_call other = call_of('x', 1, 15, 16);

	other.process = 8;
	add_call(other);
	add('a', 0, 10, 40);
	cr_expect_str_eq(told, "1:a");
}

Test(trees, calls_within_one_not_told_of_are_trees_of_their_own)
{
	add('c', 2, 20, 30);
	/* b, from 15 to 35, is lost. */
	add('d', 2, 41, 42);
	cr_expect_eq(add('b', 1, 40, 50), 9);
	cr_expect_eq(add('a', 0, 10, 60), 30);
	cr_expect_str_eq(told, "1:a.c.b..d");
}

Test(trees, calls_within_an_outermost_one_not_told_of_come_before_the_next_tree)
{
	add('c', 1, 20, 30);
	/* a, from 15 to 35, is lost. */
	add('b', 0, 40, 50);
	cr_expect_str_eq(told, "1:<zc 1:b");
}

Test(trees, calls_within_one_left_out_are_its_callers)
{
	add('c', 2, 20, 30);
	left_out('b', 1, 15, 35);
	cr_expect_eq(add('a', 0, 10, 40), 20);
	cr_expect_str_eq(told, "1:a.c");
}

Test(trees, calls_within_an_outermost_one_left_out_are_outermost)
{
	add('b', 1, 20, 30);
	add('c', 1, 40, 50);
	left_out('a', 0, 15, 60);
	cr_expect_str_eq(told, "1:b 1:c");
}

Test(trees, one_left_out_with_nothing_within_leaves_nothing)
{
	left_out('a', 0, 15, 60);
	left_out('b', 1, 70, 80);
	add('c', 0, 65, 90);
	cr_expect_str_eq(told, "1:c");
}

Test(trees, unwound_calls_and_values_stay_what_they_are)
{
	struct ended_call call = call_of('b', 1, 20, 30);

	call.is_unwound = true;
	call.values = strdup("(n=1)");
	add_call(call);
	add('a', 0, 10, 40);
	cr_expect_str_eq(told, "1:a.b!(n=1)");
}

Test(trees, what_waits_is_handed_on_at_the_end)
{
	add('c', 2, 30, 40);
	add('b', 1, 20, 50);
	add('d', 1, 60, 70);
	cr_expect_str_eq(told, "");
	cr_expect_eq(trees_finish(trees), 0);
	cr_expect_str_eq(told, "1:<zb.c 1:<zd");
	cr_expect_eq(trees_finish(trees), 0);
	cr_expect_str_eq(told, "1:<zb.c 1:<zd");
}

Test(trees, forgotten_functions_have_no_name_any_more)
{
	add('b', 1, 20, 30);
	add('c', 1, 30, 40);
	trees_forget(trees, 'b');
	add('a', 0, 10, 40);
	cr_expect_str_eq(told, "1:a.?.c");
}

Test(trees, what_the_user_answers_is_returned)
{
	struct ended_call call = call_of('a', 0, 10, 20);
	uint64_t self_ns;

	answer = -EIO;
	cr_expect_eq(trees_add(trees, &call, &self_ns), -EIO);
}

Test(trees, calls_for_which_there_is_no_room_are_put_together)
{
	uint64_t at = 10;

	for (int i = 0; i < TREES_MAX_CALLS + 100; i++, at += 10)
		add('b', 1, at, at + 5);
	cr_expect_eq(add('a', 0, 5, at), at - 5 - (TREES_MAX_CALLS + 100) * 5);
	cr_expect_eq(largest, TREES_MAX_CALLS + 1);
	cr_expect(strstr(told, "1:a.b.b.b") == told);
	cr_expect_str_eq(strrchr(told, 'b'), "b.+101");
}

Test(trees, calls_within_one_for_which_there_is_no_room_are_counted)
{
	uint64_t at = 100;

	for (int i = 0; i < TREES_MAX_CALLS - 2; i++, at += 10)
		add('b', 1, at, at + 5);
	add('d', 2, at + 1, at + 2);
	add('e', 2, at + 3, at + 4);
	cr_expect_eq(add('c', 1, at, at + 10), 8);
	add('f', 1, at + 20, at + 30);
	add('a', 0, 5, at + 100);
	cr_expect_str_eq(strrchr(told, 'b'), "b.c+2.f");
}

Test(trees, so_are_those_put_together_before)
{
	uint64_t at = 100;

	for (int i = 0; i < TREES_MAX_CALLS + 4; i++, at += 10)
		add('b', 2, at, at + 5);
	add('c', 1, 50, at);
	add('a', 0, 5, at + 100);
	cr_expect_str_eq(told, "1:a.c+8196");
	cr_expect_eq(TREES_MAX_CALLS + 4, 8196);
}

Test(trees, values_count_for_the_room)
{
	static char value[1 << 12];
	uint64_t at = 10;

	memset(value, 'v', sizeof(value) - 1);
	/* On so many goroutines that none has too many calls. */
	for (uint64_t g = 0; g < 40; g++)
		for (int i = 0; i < 500; i++, at += 10) {
			struct ended_call call = call_of('b', 1, at, at + 5);

			call.g += g * 64;
			call.values = strdup(value);
			add_call(call);
		}
	for (uint64_t g = 0; g < 40; g++) {
		struct ended_call call = call_of('a', 0, 5, at);

		call.g += g * 64;
		told[0] = 0;
		add_call(call);
	}
	/* There was no room for any call of the last goroutine, each of which was handed on as it came. */
	cr_expect_str_eq(told, "1:a");
	cr_expect_gt(n_within, 500);
}

Test(trees, self_stays_right_where_calls_are_put_together)
{
	uint64_t at = 100;

	for (int i = 0; i < 3 * TREES_MAX_CALLS; i++, at += 100) {
		cr_assert_eq(add('c', 2, at + 10, at + 40), 30);
		cr_assert_eq(add('b', 1, at, at + 50), 20);
	}
	cr_expect_eq(add('a', 0, 50, at), at - 50 - 3 * TREES_MAX_CALLS * 50UL);
	cr_expect_leq(largest, TREES_MAX_CALLS + 2);
	cr_expect_eq(n_told, 6 * TREES_MAX_CALLS + 1);
}

Test(trees, there_is_no_more_of_them_where_calls_are_missing)
{
	uint64_t at = 100;

	for (int i = 0; i < 3 * TREES_MAX_CALLS; i++, at += 100) {
		add('c', 2, at + 10, at + 40);
		if (i % 2)
			add('b', 1, at, at + 50);
	}
	add('a', 0, 50, at);
	cr_expect_leq(largest, TREES_MAX_CALLS + 3);
	cr_expect_eq(n_told, 3 * TREES_MAX_CALLS * 3 / 2 + 1);
}

Test(trees, a_new_goroutine_with_the_same_g_is_another)
{
	struct ended_call call = call_of('b', 0, 40, 50);

	add('a', 1, 20, 30);
	call.goid = 2;
	add_call(call);
	cr_expect_str_eq(told, "1:<za 2:b");
}

Test(trees, one_whose_id_is_not_known_may_be_the_same)
{
	struct ended_call call = call_of('b', 1, 20, 30);

	call.goid = UINT64_MAX;
	add_call(call);
	add('a', 0, 10, 40);
	cr_expect_str_eq(told, "1:a.b");
}

static bool is_any(uint32_t process)
{
	return process > 0;
}

static bool is_eighth(uint32_t process)
{
	return process == 8;
}

Test(trees, processes_are_finished_by_themselves)
{
	struct ended_call other = call_of('x', 1, 15, 16);
	uint32_t processes[4];

	other.process = 8;
	add_call(other);
	other.g = 0x5000;
	add_call(other);
	add('b', 1, 20, 30);
	cr_expect_eq(trees_processes(trees, is_any, processes, 4), 2);
	cr_expect_eq(trees_processes(trees, is_any, processes, 1), 1);
	cr_expect_eq(trees_processes(trees, is_eighth, processes, 4), 1);
	cr_expect_eq(processes[0], 8);
	cr_expect_eq(trees_finish_process(trees, 8), 0);
	cr_expect_str_eq(told, "1:<zx 1:<zx");
	cr_expect_eq(trees_processes(trees, is_any, processes, 4), 1);
	cr_expect_eq(processes[0], 7);
	add('a', 0, 10, 40);
	cr_expect_str_eq(told, "1:<zx 1:<zx 1:a.b");
}
