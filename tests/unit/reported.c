/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reported.h"

#include <criterion/criterion.h>
#include <stdlib.h>

struct stats reported_stats;
struct report_function reported_functions[N_FUNCTIONS] = {
	{ .name = "main.busy", .index = BUSY, .seconds = 10 },
	{ .name = "main.idle", .index = IDLE, .seconds = 10 },
};
struct report reported = {
	.kind = REPORT_FINAL,
	.target = "/bin/server",
	.binary = "/bin/server",
	.started_ns = 1700000000250000000,
	.ended_ns = 1700000010250000000,
	.seconds = 10,
	.stats = &reported_stats,
	.n_functions = N_FUNCTIONS,
	.functions = reported_functions,
};

static char *text;

void reported_init(void)
{
	cr_assert_eq(stats_init(&reported_stats, N_FUNCTIONS), 0);
}

void reported_fini(void)
{
	stats_fini(&reported_stats);
	free(text);
}

void reported_call_busy(void)
{
	const struct call_counters counters = { .n = {
							[CALL_STARTED] = 1007,
							[CALL_RETURNED] = 1000,
							[CALL_UNWOUND] = 4,
							[CALL_UNMATCHED] = 5,
						} };

	for (int i = 0; i < 1000; i++)
		stats_record(&reported_stats, BUSY, i < 900 ? 1000000 : 100000000);
	stats_set_counters(&reported_stats, BUSY, &counters);
}

const char *reported_calls(const struct report_format *format, const struct report_style *style)
{
	size_t n_bytes;
	FILE *to;

	free(text);
	to = open_memstream(&text, &n_bytes);
	cr_assert_eq(format->calls(to, &reported, style), 0);
	fclose(to);
	return text;
}

static const struct go_function functions[] = {
	{ .name = "main.traced", .va = 0x401000, .n_bytes = 32 },
	{ .name = "main.refused", .va = 0x401020, .n_bytes = 32 },
};
static uint64_t return_vas[] = { 0x40100b, 0x401011 };
static struct plan_function planned[] = {
	{ .function = &functions[0],
	  .n_bytes = 18,
	  .entry_kind = ENTRY_JBE,
	  .entry_va = 0x401004,
	  .return_vas = return_vas,
	  .n_returns = 2 },
	{ .function = &functions[1], .n_bytes = 7, .refusal = (char *)"it never returns" },
};
const struct plan reported_plan = {
	.functions = planned,
	.n_functions = 2,
	.n_traced = 1,
	.n_returns = 2,
};

const char *reported_as(int (*print)(FILE *to, const struct plan *plan, const char *binary))
{
	size_t n_bytes;
	FILE *to;

	free(text);
	to = open_memstream(&text, &n_bytes);
	cr_assert_eq(print(to, &reported_plan, "/bin/server"), 0);
	fclose(to);
	return text;
}
