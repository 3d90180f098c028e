/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/split.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "report/ranking.h"

static struct split split;
static struct ranking ranking;
static struct histogram found;

static void fini(void)
{
	split_fini(&split);
}

TestSuite(split, .fini = fini);
TestSuite(ranking, .fini = fini);

static void record(const char *text, uint64_t ns)
{
	cr_assert_eq(split_record(&split, text, ns), 0);
}

/* n values of which each has one call more than the one before; the first of 100 ns, and so on. */
static void record_values(int n)
{
	char text[16];

	for (int i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "%d", i);
		for (int k = 0; k <= i; k++)
			record(text, 100);
	}
}

static size_t place_of(const char *text)
{
	for (size_t i = SPLIT_FIRST; i < split.n; i++)
		if (strcmp(split.at[i].text, text) == 0)
			return i;
	return SPLIT_OTHERS;
}

static const struct histogram *durations(size_t place, bool is_total)
{
	split_durations(&split, place, is_total, &found);
	return &found;
}

static uint64_t n_of_all(bool is_total)
{
	uint64_t n = 0;

	for (size_t i = 0; i < split.n; i++)
		n += durations(i, is_total)->n;
	return n;
}

Test(split, keeps_values_in_the_order_in_which_they_are_seen)
{
	record("b", 10);
	record("a", 20);
	record("b", 30);
	cr_assert_eq(split.n, SPLIT_FIRST + 2);
	cr_assert_str_eq(split.at[SPLIT_FIRST].text, "b");
	cr_assert_str_eq(split.at[SPLIT_FIRST + 1].text, "a");
	cr_assert_eq(durations(SPLIT_FIRST, true)->n, 2);
	cr_assert_eq(found.sum_ns, 40);
	cr_assert_eq(found.min_ns, 10);
	cr_assert_eq(found.max_ns, 30);
	cr_assert_eq(durations(SPLIT_FIRST + 1, true)->sum_ns, 20);
	cr_assert_not(split.is_full);
}

Test(split, keeps_calls_of_no_known_value_apart)
{
	struct overflow_part part = {
		.counts = { [3] = 7 }, .sum_ns = 24, .min_ns = 3, .max_ns = 3
	};

	record(NULL, 10);
	cr_assert_eq(split_add_part(&split, 0, &part), 0);
	record("a", 1);
	cr_assert_eq(durations(SPLIT_UNKNOWN, true)->n, 8);
	cr_assert_eq(found.sum_ns, 34);
	cr_assert_eq(durations(SPLIT_OTHERS, true)->n, 0);
	cr_assert_eq(durations(place_of("a"), true)->n, 1);
}

Test(split, counts_values_beyond_its_room_together)
{
	record_values(SPLIT_MAX_VALUES);
	cr_assert_not(split.is_full);
	cr_assert_eq(durations(SPLIT_OTHERS, true)->n, 0);
	record("another", 5);
	record("one more", 6);
	record("0", 7);
	cr_assert(split.is_full);
	cr_assert_eq(split.n, SPLIT_FIRST + SPLIT_MAX_VALUES);
	cr_assert_eq(durations(SPLIT_OTHERS, true)->n, 2);
	cr_assert_eq(found.sum_ns, 11);
	cr_assert_eq(durations(place_of("0"), true)->n, 2);
	cr_assert_eq(n_of_all(true), SPLIT_MAX_VALUES * (SPLIT_MAX_VALUES + 1) / 2 + 3);
}

Test(split, of_an_interval_holds_only_that)
{
	record("a", 10);
	record(NULL, 20);
	cr_assert_eq(split_next_interval(&split), 0);
	cr_assert_eq(n_of_all(false), 0);
	record("a", 30);
	record("b", 40);
	cr_assert_eq(durations(place_of("a"), false)->sum_ns, 30);
	cr_assert_eq(durations(place_of("a"), true)->sum_ns, 40);
	cr_assert_eq(durations(SPLIT_UNKNOWN, false)->n, 0);
	cr_assert_eq(durations(SPLIT_UNKNOWN, true)->sum_ns, 20);
	cr_assert_eq(n_of_all(true), 4);
	cr_assert_eq(split_next_interval(&split), 0);
	cr_assert_eq(split_next_interval(&split), 0);
	cr_assert_eq(n_of_all(true), 4);
}

Test(split, begins_anew_with_the_same_places)
{
	record("a", 10);
	cr_assert_eq(split_next_interval(&split), 0);
	record("b", 20);
	split_restart(&split);
	cr_assert_eq(n_of_all(true), 0);
	record("b", 30);
	cr_assert_eq(place_of("b"), SPLIT_FIRST + 1);
	cr_assert_eq(durations(place_of("b"), true)->sum_ns, 30);
}

Test(ranking, of_nothing_is_empty)
{
	ranking_make(&ranking, &split, true);
	cr_assert_eq(ranking.n, 0);
	cr_assert_eq(ranking.others.n + ranking.unknown.n, 0);
}

Test(ranking, begins_with_the_value_that_took_the_most_time)
{
	record("many", 10);
	record("long", 1000);
	record("many", 10);
	record("middle", 500);
	ranking_make(&ranking, &split, true);
	cr_assert_eq(ranking.n, 3);
	cr_assert_str_eq(ranking.values[0].text, "long");
	cr_assert_str_eq(ranking.values[1].text, "middle");
	cr_assert_str_eq(ranking.values[2].text, "many");
	cr_assert_eq(ranking.values[2].sum_ns, 20);
}

Test(ranking, adds_up_those_beyond_the_first_and_what_found_no_room)
{
	uint64_t n_ranked = 0, n_of_250 = SPLIT_MAX_VALUES * (SPLIT_MAX_VALUES + 1) / 2;

	record_values(SPLIT_MAX_VALUES);
	record("another", 1000000);
	record(NULL, 5);
	ranking_make(&ranking, &split, true);
	cr_assert_eq(ranking.n, RANKING_MAX_VALUES);
	cr_assert_str_eq(ranking.values[0].text, "249");
	cr_assert_str_eq(ranking.values[RANKING_MAX_VALUES - 1].text, "230");
	for (size_t i = 0; i < ranking.n; i++)
		n_ranked += durations(ranking.values[i].place, true)->n;
	cr_assert_eq(ranking.n_others, SPLIT_MAX_VALUES - RANKING_MAX_VALUES);
	cr_assert_eq(ranking.others.n, n_of_250 - n_ranked + 1);
	cr_assert_eq(ranking.others.max_ns, 1000000);
	cr_assert_eq(ranking.unknown.n, 1);
}

Test(ranking, has_no_value_without_calls_in_the_span)
{
	record("a", 10);
	cr_assert_eq(split_next_interval(&split), 0);
	record("b", 1);
	ranking_make(&ranking, &split, false);
	cr_assert_eq(ranking.n, 1);
	cr_assert_str_eq(ranking.values[0].text, "b");
	ranking_make(&ranking, &split, true);
	cr_assert_eq(ranking.n, 2);
	cr_assert_str_eq(ranking.values[0].text, "a");
}
