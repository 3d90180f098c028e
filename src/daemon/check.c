/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/check.h"

#include <stdio.h>

#include "cli/setting.h"
#include "daemon/say.h"
#include "daemon/targets.h"
#include "report/human.h"

static void print_build(const struct build *build)
{
	const struct plan *plan = &build->plan;

	printf("  %s (%s): %zu of %zu functions can be traced, at %zu sites\n", build->name,
	       build->binary->version.text, plan->n_traced, plan->n_functions, plan_n_sites(plan));
	for (size_t i = 0; i < plan->n_functions; i++) {
		const struct plan_function *planned = &plan->functions[i];

		if (planned->refusal)
			printf("    not %s: %s\n", planned->function->name, planned->refusal);
	}
}

static void print_target(const struct target *target)
{
	printf("target %s\n", target->name);
	for (size_t i = 0; i < target->wanted->n_labels; i++)
		printf("  label %s=%s\n", target->labels[i].name, target->labels[i].value);
	for (size_t i = 0; i < target->n_builds; i++)
		print_build(target->builds[i]);
	for (size_t i = 0; i < target->n_places; i++)
		if (!target->places[i].build)
			printf("  %s is waited for\n", target->places[i].path);
}

static void print_rest(const struct options *options)
{
	struct human time;

	printf("reports: %s", setting_format_name(options->format));
	if (options->format != FORMAT_JOURNAL)
		printf(" to %s", options->output ? options->output : "standard output");
	if (options->interval_ns)
		printf(", each %s%s", human_time(&time, options->interval_ns, false),
		       options->is_cumulative ? ", of all so far" : "");
	if (options->listen)
		printf("; OpenMetrics at %s", options->listen);
	printf("\nlimits: %zu functions", options->max_functions);
	if (options->max_overhead_percent > 0)
		printf(", %g%% of a CPU from each process", options->max_overhead_percent);
	putchar('\n');
}

size_t check(const struct options *options)
{
	struct targets targets = { .max_functions = options->max_functions };
	size_t n_bad = 0;
	struct reason why;

	for (size_t i = 0; i < options->n_targets; i++) {
		const struct options_target *wanted = &options->targets[i];

		if (!targets_add(&targets, wanted, options, false, &why) &&
		    !targets_check_processes(&targets, wanted, &why))
			continue;
		n_bad++;
		if (wanted->line)
			say_error("%s:%d: target %s: %s", options->config, wanted->line,
				  wanted->name, why.text);
		else
			say_error("%s", why.text);
	}
	for (size_t i = 0; i < targets.n; i++)
		print_target(targets.at[i]);
	print_rest(options);
	targets_fini(&targets);
	return n_bad;
}
