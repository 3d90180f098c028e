/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/settling.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gotraced/record.h"

static struct settling settling;
static char told[64];
static int answer;

static void init(void)
{
	told[0] = 0;
	answer = 0;
}

static void fini(void)
{
	settling_fini(&settling);
}

TestSuite(settling, .init = init, .fini = fini);

/* The function's letter: small where it does not count. */
static int use(void *context, const struct ended_call *call)
{
	char *end = told + strlen(told);

	cr_assert_eq(context, &settling);
	cr_assert_neq(call->is_left_out, call->counts);
	*end++ = (char)(call->counts ? call->function : call->function + ('a' - 'A'));
	if (call->caller == NO_FUNCTION)
		*end++ = '.';
	*end = 0;
	free(call->values);
	return answer;
}

static void add(char function, uint64_t start_ns, uint64_t duration_ns)
{
	const struct ended_call call = {
		.function = (uint32_t)function,
		.caller = 'Z',
		.start_ns = start_ns,
		.duration_ns = duration_ns,
		.counts = true,
		.values = strdup("n=1"),
	};

	cr_assert_eq(settling_add(&settling, &call), 0);
}

static int until(uint64_t ns)
{
	return settling_until(&settling, ns, use, &settling);
}

Test(settling, hands_on_by_when_they_ended)
{
	add('A', 10, 50);
	add('B', 20, 10);
	add('C', 5, 40);
	cr_expect_eq(until(UINT64_MAX), 0);
	cr_expect_str_eq(told, "BCA");
	cr_expect_eq(until(UINT64_MAX), 0);
	cr_expect_str_eq(told, "BCA");
}

Test(settling, what_ended_at_the_same_time_stays_in_order)
{
	for (char c = 'A'; c <= 'H'; c++)
		add(c, c, 100 - (uint64_t)c);
	cr_expect_eq(until(99), 0);
	cr_expect_str_eq(told, "");
	add('I', 1, 99);
	cr_expect_eq(until(100), 0);
	cr_expect_str_eq(told, "ABCDEFGHI");
}

Test(settling, keeps_what_ended_later)
{
	add('A', 10, 50);
	add('B', 20, 10);
	cr_expect_eq(until(59), 0);
	cr_expect_str_eq(told, "B");
	add('C', 5, 40);
	cr_expect_eq(until(60), 0);
	cr_expect_str_eq(told, "BCA");
}

Test(settling, a_forgotten_functions_calls_are_left_out)
{
	add('A', 10, 10);
	add('B', 20, 10);
	add('Z', 30, 10);
	settling_forget(&settling, 'B');
	cr_expect_eq(until(40), 0);
	cr_expect_str_eq(told, "AbZ");
	told[0] = 0;
	add('A', 10, 10);
	settling_forget(&settling, 'Z');
	cr_expect_eq(until(40), 0);
	cr_expect_str_eq(told, "A.");
}

Test(settling, what_the_user_answers_is_returned)
{
	answer = -EIO;
	add('A', 10, 10);
	add('B', 20, 10);
	cr_expect_eq(until(40), -EIO);
	cr_expect_str_eq(told, "A");
	cr_expect_eq(settling.n, 1);
}
