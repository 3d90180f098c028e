/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/functions.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

#include "daemon/target.h"

enum { N_ROOM = 6, MAX_PLANNED = 8 };

static struct functions functions;
static struct target shop = { .name = (char *)"shop" }, mill = { .name = (char *)"mill" };
static struct go_function named[MAX_PLANNED];
static struct plan_function planned[MAX_PLANNED];
static uint32_t *places;
static struct reason why;

static void init(void)
{
	cr_assert_eq(functions_init(&functions, N_ROOM), 0);
}

static void fini(void)
{
	free(places);
	functions_fini(&functions);
}

TestSuite(functions, .init = init, .fini = fini);

/* A plan that traces functions of these names; NULL ends them, and "-" stands for a refused one. */
static struct plan plan_of(const char *const *names)
{
	struct plan plan = { .functions = planned };

	for (; names[plan.n_functions]; plan.n_functions++) {
		struct plan_function *one = &planned[plan.n_functions];
		bool is_refused = names[plan.n_functions][0] == '-';

		named[plan.n_functions].name = names[plan.n_functions];
		*one = (struct plan_function){
			.function = &named[plan.n_functions],
			.refusal = is_refused ? (char *)"it is" : NULL,
			.index = is_refused ? 0 : plan.n_traced++,
		};
	}
	return plan;
}

static int assign(const struct target *target, bool may_reuse, const char *const *names)
{
	const struct plan plan = plan_of(names);

	free(places);
	places = NULL;
	return functions_assign(&functions, target, &plan, may_reuse, &places, &why);
}

#define ASSIGN(target, may_reuse, ...)                                                             \
	assign(target, may_reuse, (const char *const[]){ __VA_ARGS__, NULL })

Test(functions, of_one_name_are_one_in_all_builds_of_a_target)
{
	cr_assert_eq(ASSIGN(&shop, true, "main.b", "-", "main.a"), 0);
	cr_assert_eq(places[0], 0);
	cr_assert_eq(places[1], 1);
	cr_assert_str_eq(functions.at[places[0]].name, "main.b");
	cr_assert_eq(ASSIGN(&shop, true, "main.a", "main.c", "main.b"), 0);
	cr_assert_eq(places[0], 1);
	cr_assert_eq(places[1], 2);
	cr_assert_eq(places[2], 0);
}

Test(functions, of_other_targets_are_others)
{
	cr_assert_eq(ASSIGN(&shop, true, "main.a"), 0);
	cr_assert_eq(ASSIGN(&mill, true, "main.a"), 0);
	cr_assert_eq(places[0], 1);
	cr_assert_eq(functions.at[1].target, &mill);
}

Test(functions, of_one_name_in_one_build_stay_apart)
{
	cr_assert_eq(ASSIGN(&shop, true, "main.a", "main.a", "main.b"), 0);
	cr_assert_neq(places[0], places[1]);
	cr_assert_eq(functions.at[places[1]].nth, 1);
	cr_assert_eq(ASSIGN(&shop, true, "main.b", "main.a", "main.a", "main.a"), 0);
	cr_assert_eq(functions.n_used, 4);
}

Test(functions, take_no_more_places_than_there_are)
{
	cr_assert_eq(ASSIGN(&shop, true, "a", "b", "c", "d", "e", "f", "g"), -ENOSPC);
	cr_assert_null(places);
	cr_assert_not_null(strstr(why.text, "--max-functions"));
}

Test(functions, take_a_used_place_last_and_only_if_they_may)
{
	cr_assert_eq(ASSIGN(&shop, true, "a", "b", "c"), 0);
	functions_remove(&functions, 1);
	cr_assert_eq(ASSIGN(&mill, true, "x", "y", "z"), 0);
	cr_assert_eq(places[0], 3);
	cr_assert_eq(ASSIGN(&mill, false, "x", "new"), -ENOSPC);
	cr_assert_eq(ASSIGN(&mill, true, "x", "new"), 0);
	cr_assert_eq(places[1], 1);
	cr_assert(functions.at[1].was_used);
	cr_assert_not(functions.at[5].was_used);
}

Test(functions, are_traced_while_any_build_has_them)
{
	struct function *one = &functions.at[0];

	functions.n_used = 1;
	function_begin(one, 100);
	function_begin(one, 150);
	function_end(one, 200);
	cr_assert_eq(function_traced_ns(one, STATS_TOTAL, 300), 200);
	function_end(one, 400);
	cr_assert_eq(function_traced_ns(one, STATS_TOTAL, 900), 300);
	function_begin(one, 1000);
	cr_assert_eq(function_traced_ns(one, STATS_TOTAL, 1010), 310);
}

Test(functions, are_timed_anew_in_each_span)
{
	struct function *one = &functions.at[0];

	functions.n_used = 1;
	function_begin(one, 100);
	functions_next_span(&functions, STATS_INTERVAL, 300);
	cr_assert_eq(function_traced_ns(one, STATS_INTERVAL, 350), 50);
	cr_assert_eq(function_traced_ns(one, STATS_TOTAL, 350), 250);
	function_end(one, 400);
	functions_next_span(&functions, STATS_INTERVAL, 500);
	cr_assert_eq(function_traced_ns(one, STATS_INTERVAL, 600), 0);
}
