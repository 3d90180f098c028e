/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/openmetrics.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "report/durations.h"
#include "report/labels.h"

/*
 * All samples of a metric family stand together, whatever they are of, so that each family goes
 * through all reports. Counters' samples end in _total and the constant ones of an info in _info;
 * OpenMetrics names the family without these, the plain format with them.
 */
enum type {
	TYPE_COUNTER,
	TYPE_GAUGE,
	TYPE_HISTOGRAM,
	TYPE_INFO,
};

struct family {
	const char *name;
	enum type type;
	const char *unit; /* in which the name ends; NULL: none */
	const char *help;
};

/* Each of a function's counts. */
static const struct count_family {
	struct family family;
	size_t at; /* in struct figures */
} count_families[] = {
	{ { "gotraced_calls_in_flight", TYPE_GAUGE, NULL, "Calls that are not over." },
	  offsetof(struct figures, in_flight) },
	{ { "gotraced_calls_unwound", TYPE_COUNTER, NULL,
	    "Calls that a panic or runtime.Goexit ended." },
	  offsetof(struct figures, unwound) },
	{ { "gotraced_calls_unmatched", TYPE_COUNTER, NULL,
	    "Returns of calls whose beginning was not noted, mostly since it was before tracing." },
	  offsetof(struct figures, unmatched) },
	{ { "gotraced_calls_not_started", TYPE_COUNTER, NULL,
	    "Calls that could not be noted when they began." },
	  offsetof(struct figures, not_started) },
	{ { "gotraced_calls_untimed", TYPE_COUNTER, NULL,
	    "Calls that returned, but for whose time there was no memory: no histogram has them." },
	  offsetof(struct figures, dropped) },
	{ { "gotraced_calls_within", TYPE_COUNTER, NULL,
	    "Calls of traced functions made within the calls of this one, at any remove." },
	  offsetof(struct figures, within) },
};

/* What a call of each function costs, where it is known. */
static const struct cost_family {
	struct family family;
	size_t at; /* in struct probe_cost */
} cost_families[] = {
	{ { "gotraced_probe_cost_seconds", TYPE_GAUGE, "seconds",
	    "What the probes add to the time that a call takes." },
	  offsetof(struct probe_cost, call_ns) },
	{ { "gotraced_probe_bias_seconds", TYPE_GAUGE, "seconds",
	    "What the probes add to the time that is measured of a call." },
	  offsetof(struct probe_cost, bias_ns) },
};

static const struct family durations_family = { DURATIONS_NAME, TYPE_HISTOGRAM, "seconds",
						"Wall-clock time of the calls that returned." };

struct printing {
	FILE *to;
	const struct openmetrics *what;
	struct figures figures; /* of one function at a time */
	char **of_targets; /* the labels of each target and function, in order; owned, and each */
	char **of_functions;
	struct bounds bounds;
	size_t n_functions;
};

const char *openmetrics_content_type(bool is_plain)
{
	return is_plain ? "text/plain; version=0.0.4; charset=utf-8"
			: "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

static int make_labels(struct printing *printing)
{
	const struct openmetrics *what = printing->what;
	size_t n = 0;

	for (size_t i = 0; i < what->n_reports; i++) {
		const struct report *report = &what->reports[i];

		printing->of_targets[i] = labels_new(what->reports, i, NULL);
		if (!printing->of_targets[i])
			return -ENOMEM;
		for (size_t k = 0; k < report->n_functions; k++, n++) {
			printing->of_functions[n] =
				labels_new(what->reports, i, &report->functions[k]);
			if (!printing->of_functions[n])
				return -ENOMEM;
		}
	}
	return 0;
}

static int init(struct printing *printing, FILE *to, const struct openmetrics *what)
{
	*printing = (struct printing){ .to = to, .what = what };
	for (size_t i = 0; i < what->n_reports; i++)
		printing->n_functions += what->reports[i].n_functions;
	printing->of_targets = calloc(what->n_reports + 1, sizeof(char *));
	printing->of_functions = calloc(printing->n_functions + 1, sizeof(char *));
	if (!printing->of_targets || !printing->of_functions || make_labels(printing) ||
	    bounds_init(&printing->bounds, what->bounds_ns, what->n_bounds))
		return -ENOMEM;
	return 0;
}

static void free_texts(char **texts, size_t n)
{
	for (size_t i = 0; texts && i < n; i++)
		free(texts[i]);
	free(texts);
}

static void fini(struct printing *printing)
{
	free_texts(printing->of_targets, printing->what->n_reports);
	free_texts(printing->of_functions, printing->n_functions);
	bounds_fini(&printing->bounds);
}

static const char *suffix_of(const struct family *family)
{
	return family->type == TYPE_COUNTER ? "_total" : family->type == TYPE_INFO ? "_info" : "";
}

static void print_family(const struct printing *printing, const struct family *family)
{
	static const char *const types[] = {
		[TYPE_COUNTER] = "counter",
		[TYPE_GAUGE] = "gauge",
		[TYPE_HISTOGRAM] = "histogram",
		[TYPE_INFO] = "info",
	};
	bool is_plain = printing->what->is_plain;
	const char *suffix = is_plain ? suffix_of(family) : "";
	enum type type = is_plain && family->type == TYPE_INFO ? TYPE_GAUGE : family->type;

	fprintf(printing->to, "# TYPE %s%s %s\n", family->name, suffix, types[type]);
	if (family->unit && !is_plain)
		fprintf(printing->to, "# UNIT %s%s %s\n", family->name, suffix, family->unit);
	fprintf(printing->to, "# HELP %s%s %s\n", family->name, suffix, family->help);
}

static int print_durations(struct printing *printing)
{
	const struct openmetrics *what = printing->what;
	size_t n = 0;
	int err = 0;

	print_family(printing, &durations_family);
	for (size_t i = 0; i < what->n_reports; i++)
		for (uint32_t k = 0; k < what->reports[i].n_functions && !err; k++, n++) {
			const char *labels = printing->of_functions[n];

			if (what->reports[i].by) {
				err = durations_print_split(printing->to, &printing->bounds,
							    report_split(&what->reports[i], k),
							    labels);
				continue;
			}
			report_figures(&what->reports[i], k, &printing->figures);
			durations_print(printing->to, &printing->bounds, labels,
					&printing->figures.durations);
		}
	return err;
}

static void print_counts(struct printing *printing, const struct count_family *of)
{
	const struct openmetrics *what = printing->what;
	size_t n = 0;

	print_family(printing, &of->family);
	for (size_t i = 0; i < what->n_reports; i++)
		for (uint32_t k = 0; k < what->reports[i].n_functions; k++) {
			report_counts(&what->reports[i], k, &printing->figures);
			fprintf(printing->to, "%s%s{%s} %lu\n", of->family.name,
				suffix_of(&of->family), printing->of_functions[n++],
				*(const uint64_t *)((const char *)&printing->figures + of->at));
		}
}

static void print_costs(struct printing *printing, const struct cost_family *of)
{
	const struct openmetrics *what = printing->what;
	size_t n = 0;

	print_family(printing, &of->family);
	for (size_t i = 0; i < what->n_reports; i++)
		for (size_t k = 0; k < what->reports[i].n_functions; k++, n++) {
			const struct report_function *function = &what->reports[i].functions[k];

			if (!what->reports[i].is_calibrated)
				continue;
			fprintf(printing->to, "%s{%s} ", of->family.name,
				printing->of_functions[n]);
			seconds_print(printing->to,
				      *(const uint32_t *)((const char *)&function->cost + of->at));
		}
}

static void print_states(struct printing *printing)
{
	static const struct family family = { "gotraced_functions", TYPE_GAUGE, NULL,
					      "Functions that are traced, or why they are not." };
	const struct openmetrics *what = printing->what;

	print_family(printing, &family);
	for (size_t i = 0; i < what->n_reports; i++) {
		size_t n[] = { [REPORT_TRACED] = 0, [REPORT_OVER_BUDGET] = 0, [REPORT_GONE] = 0 };

		for (size_t k = 0; k < what->reports[i].n_functions; k++)
			n[what->reports[i].functions[k].state]++;
		for (size_t k = 0; k < sizeof(n) / sizeof(n[0]); k++)
			fprintf(printing->to, "%s{%s,state=\"%s\"} %zu\n", family.name,
				printing->of_targets[i], report_state_name((enum report_state)k),
				n[k]);
	}
}

static int print_targets(struct printing *printing)
{
	static const struct family info = { "gotraced_target", TYPE_INFO, NULL,
					    "Programs that are traced." };
	static const struct family changes = { "gotraced_target_changes", TYPE_COUNTER, NULL,
					       "Builds of a program that took another's place." };
	const struct openmetrics *what = printing->what;
	int err = 0;

	print_family(printing, &info);
	for (size_t i = 0; i < what->n_reports && !err; i++) {
		fprintf(printing->to, "%s_info{%s", info.name, printing->of_targets[i]);
		err = labels_print(printing->to, "binary", what->reports[i].binary);
		fputs("} 1\n", printing->to);
	}
	print_family(printing, &changes);
	for (size_t i = 0; i < what->n_reports; i++)
		fprintf(printing->to, "%s_total{%s} %u\n", changes.name, printing->of_targets[i],
			what->reports[i].n_changes);
	return err;
}

/* What is of no single target. */
static void print_own(struct printing *printing)
{
	static const struct family skipped = {
		"gotraced_program_runs_skipped", TYPE_COUNTER, NULL,
		"Runs of the probes' programs that the kernel left out."
	};
	static const struct family build = { "gotraced_build", TYPE_INFO, NULL,
					     "The gotraced that measures." };

	if (printing->what->n_reports > 0) {
		print_family(printing, &skipped);
		fprintf(printing->to, "%s_total %lu\n", skipped.name,
			printing->what->reports[0].n_skipped);
	}
	print_family(printing, &build);
	fprintf(printing->to, "%s_info{version=\"%s\"} 1\n", build.name, GOTRACED_VERSION);
}

int openmetrics_print(FILE *to, const struct openmetrics *what)
{
	struct printing printing;
	int err = init(&printing, to, what);

	if (!err)
		err = print_durations(&printing);
	if (!err) {
		for (size_t i = 0; i < sizeof(count_families) / sizeof(count_families[0]); i++)
			print_counts(&printing, &count_families[i]);
		for (size_t i = 0; i < sizeof(cost_families) / sizeof(cost_families[0]); i++)
			print_costs(&printing, &cost_families[i]);
		print_states(&printing);
		err = print_targets(&printing);
	}
	if (!err)
		print_own(&printing);
	if (!err && !what->is_plain)
		fputs("# EOF\n", to);
	fini(&printing);
	return err;
}
