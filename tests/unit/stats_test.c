/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/stats.h"

#include <criterion/criterion.h>
#include <string.h>

static struct stats stats;
static struct figures figures;

static void init(void)
{
	cr_assert_eq(stats_init(&stats, 3), 0);
}

static void fini(void)
{
	stats_fini(&stats);
}

TestSuite(stats, .init = init, .fini = fini);

/* Counters of calls of which some are dropped; the rest have been recorded. */
static void set_counters(uint32_t function, uint64_t started, uint64_t returned, uint64_t unwound,
			 uint64_t dropped)
{
	const struct call_counters counters = { .n = {
							[CALL_STARTED] = started,
							[CALL_RETURNED] = returned,
							[CALL_UNWOUND] = unwound,
							[CALL_DROPPED] = dropped,
						} };

	stats_set_counters(&stats, function, &counters);
}

Test(stats, begin_with_nothing)
{
	static const struct figures none;

	for (uint32_t function = 0; function < 3; function++) {
		stats_figures(&stats, function, STATS_TOTAL, &figures);
		cr_assert_eq(memcmp(&figures, &none, sizeof(none)), 0);
		stats_figures(&stats, function, STATS_INTERVAL, &figures);
		cr_assert_eq(memcmp(&figures, &none, sizeof(none)), 0);
	}
}

Test(stats, keep_functions_apart)
{
	stats_record(&stats, 0, 10);
	stats_record(&stats, 2, 30);
	stats_record(&stats, 2, 50);
	stats_figures(&stats, 0, STATS_TOTAL, &figures);
	cr_assert_eq(figures.calls, 1);
	cr_assert_eq(figures.durations.sum_ns, 10);
	stats_figures(&stats, 1, STATS_TOTAL, &figures);
	cr_assert_eq(figures.calls, 0);
	stats_figures(&stats, 2, STATS_TOTAL, &figures);
	cr_assert_eq(figures.calls, 2);
	cr_assert_eq(figures.durations.sum_ns, 80);
}

Test(stats, an_interval_holds_only_its_own_calls)
{
	stats_record(&stats, 1, 100);
	stats_next_interval(&stats);
	stats_record(&stats, 1, 7);
	stats_figures(&stats, 1, STATS_INTERVAL, &figures);
	cr_assert_eq(figures.calls, 1);
	cr_assert_eq(figures.durations.min_ns, 7);
	cr_assert_eq(figures.durations.max_ns, 7);
	stats_figures(&stats, 1, STATS_TOTAL, &figures);
	cr_assert_eq(figures.calls, 2);
	cr_assert_eq(figures.durations.min_ns, 7);
	cr_assert_eq(figures.durations.max_ns, 100);
}

Test(stats, an_interval_without_calls_is_empty)
{
	stats_record(&stats, 1, 100);
	stats_next_interval(&stats);
	stats_next_interval(&stats);
	stats_figures(&stats, 1, STATS_INTERVAL, &figures);
	cr_assert_eq(figures.calls, 0);
	cr_assert_eq(figures.durations.n, 0);
	stats_figures(&stats, 1, STATS_TOTAL, &figures);
	cr_assert_eq(figures.calls, 1);
}

Test(stats, intervals_add_up_to_the_total)
{
	static struct histogram durations;
	uint64_t calls = 0, unwound = 0, dropped = 0;

	for (uint64_t interval = 1; interval <= 5; interval++) {
		for (uint64_t call = 0; call < 100 * interval; call++)
			stats_record(&stats, 1, call * call * interval);
		/* In all: 100, 300, 600, … recorded; interval² unwound; 10 dropped each. */
		set_counters(1, 2000, 50 * interval * (interval + 1) + 10 * interval,
			     interval * interval, 10 * interval);
		stats_figures(&stats, 1, STATS_INTERVAL, &figures);
		calls += figures.calls;
		unwound += figures.unwound;
		dropped += figures.dropped;
		histogram_merge(&durations, &figures.durations);
		stats_next_interval(&stats);
	}
	stats_figures(&stats, 1, STATS_TOTAL, &figures);
	cr_assert_eq(figures.calls, 1550);
	cr_assert_eq(calls, 1550);
	cr_assert_eq(figures.unwound, 25);
	cr_assert_eq(unwound, 25);
	cr_assert_eq(figures.dropped, 50);
	cr_assert_eq(dropped, 50);
	cr_assert_eq(memcmp(&figures.durations, &durations, sizeof(durations)), 0);
}

Test(stats, counters_of_an_interval_are_the_difference)
{
	const struct call_counters before = { .n = { 10, 8, 1, 5, 7, 3 } };
	const struct call_counters after = { .n = { 30, 20, 3, 9, 8, 9 } };

	stats_set_counters(&stats, 0, &before);
	stats_next_interval(&stats);
	stats_set_counters(&stats, 0, &after);
	stats_figures(&stats, 0, STATS_INTERVAL, &figures);
	cr_assert_eq(figures.unwound, 2);
	cr_assert_eq(figures.unmatched, 4);
	cr_assert_eq(figures.not_started, 1);
	cr_assert_eq(figures.dropped, 6);
	cr_assert_eq(figures.calls, 6, "a dropped call has returned, though its time is lost");
	stats_figures(&stats, 0, STATS_TOTAL, &figures);
	cr_assert_eq(figures.unwound, 3);
	cr_assert_eq(figures.unmatched, 9);
	cr_assert_eq(figures.not_started, 8);
	cr_assert_eq(figures.dropped, 9);
}

Test(stats, in_flight_is_what_neither_returned_nor_was_unwound)
{
	set_counters(0, 10, 6, 1, 0);
	stats_figures(&stats, 0, STATS_TOTAL, &figures);
	cr_assert_eq(figures.in_flight, 3);
}

Test(stats, in_flight_of_an_interval_is_that_at_its_end)
{
	set_counters(0, 10, 6, 0, 0);
	stats_next_interval(&stats);
	set_counters(0, 11, 9, 0, 0);
	stats_figures(&stats, 0, STATS_INTERVAL, &figures);
	cr_assert_eq(figures.in_flight, 2);
}

Test(stats, in_flight_is_never_negative)
{
	/* One CPU's counters are read before another's: a return may be seen without its start. */
	set_counters(0, 10, 9, 2, 0);
	stats_figures(&stats, 0, STATS_TOTAL, &figures);
	cr_assert_eq(figures.in_flight, 0);
	stats_figures(&stats, 0, STATS_INTERVAL, &figures);
	cr_assert_eq(figures.in_flight, 0);
}

Test(stats, of_no_function_can_be_kept)
{
	struct stats none;

	cr_assert_eq(stats_init(&none, 0), 0);
	cr_assert_eq(stats_next_interval(&none), 0);
	stats_fini(&none);
}

Test(stats, can_be_let_go_twice)
{
	stats_record(&stats, 0, 1);
	stats_fini(&stats);
	cr_assert_null(stats.functions);
}

Test(stats, calls_counted_in_the_kernel_are_calls_of_the_interval)
{
	struct overflow_part part = { .counts[5] = 2, .sum_ns = 150, .min_ns = 74, .max_ns = 76 };

	stats_record(&stats, 1, 80);
	cr_assert_eq(stats_next_interval(&stats), 0);
	cr_assert_eq(stats_add_part(&stats, 1, bucket_of(64) / OVERFLOW_BUCKETS, &part), 0);
	stats_figures(&stats, 1, STATS_INTERVAL, &figures);
	cr_assert_eq(figures.calls, 2);
	cr_assert_eq(figures.durations.sum_ns, 150);
	cr_assert_eq(figures.durations.min_ns, 74);
	cr_assert_eq(figures.durations.max_ns, 76);
	stats_figures(&stats, 1, STATS_TOTAL, &figures);
	cr_assert_eq(figures.calls, 3);
	cr_assert_eq(figures.durations.max_ns, 80);
}

Test(stats, begin_anew_but_for_calls_in_flight)
{
	set_counters(0, 12, 7, 2, 1);
	for (int i = 0; i < 6; i++)
		stats_record(&stats, 0, 10);
	cr_assert_eq(stats_next_interval(&stats), 0);
	stats_record(&stats, 0, 10);
	stats_restart(&stats);
	for (int span = 0; span < N_STATS_SPANS; span++) {
		stats_figures(&stats, 0, span, &figures);
		cr_assert_eq(figures.calls, 0);
		cr_assert_eq(figures.unwound, 0);
		cr_assert_eq(figures.dropped, 0);
		cr_assert_eq(figures.in_flight, 3);
		cr_assert_eq(stats_calls(&stats, 0, span), 0);
	}
	set_counters(0, 14, 9, 4, 1);
	stats_record(&stats, 0, 20);
	stats_figures(&stats, 0, STATS_TOTAL, &figures);
	cr_assert_eq(figures.calls, 1);
	cr_assert_eq(figures.unwound, 2);
	cr_assert_eq(figures.in_flight, 1);
}

Test(stats, forget_a_function_altogether)
{
	set_counters(1, 5, 4, 1, 2);
	stats_record(&stats, 1, 10);
	cr_assert_eq(stats_next_interval(&stats), 0);
	stats_forget(&stats, 1);
	stats_figures(&stats, 1, STATS_TOTAL, &figures);
	cr_assert_eq(figures.calls, 0);
	cr_assert_eq(figures.in_flight, 0);
}
