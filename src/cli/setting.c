/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/setting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/buckets.h"
#include "cli/label.h"
#include "cli/listen.h"
#include "cli/value.h"
#include "gotraced/cookie.h"

enum {
	MAX_MAX_IN_FLIGHT = 1 << 30,
	MIN_RING_BYTES = 4 << 10, /* a page */
	MAX_RING_BYTES = 1 << 30,
	MAX_MAX_LINES = 1000000,
};

static int out_of_memory(struct reason *why)
{
	return reason_set(why, -ENOMEM, "out of memory");
}

/* Makes room for one more at the end of an array; NULL without memory. */
static void *grow(void **array, size_t n, size_t element_bytes)
{
	char *grown = reallocarray(*array, n + 1, element_bytes);

	if (!grown)
		return NULL;
	*array = grown;
	memset(grown + n * element_bytes, 0, element_bytes);
	return grown + n * element_bytes;
}

static int set_text(char **text, const char *value, struct reason *why)
{
	char *copy = strdup(value);

	if (!copy)
		return out_of_memory(why);
	free(*text);
	*text = copy;
	return 0;
}

/* A --func before the only --binary belongs to that, too. */
static int set_binary(struct options *options, const char *value, struct reason *why)
{
	struct options_target *target = options_last_target(options);

	if (!target)
		return out_of_memory(why);
	if (target->line && target->binary)
		return reason_set(why, -EINVAL, "a target has one binary; a glob can name several");
	if (!target->line && (options->n_targets != 1 || target->binary)) {
		if (options->n_targets == 1 && target->is_function_first)
			return reason_set(
				why, -EINVAL,
				"with several --binary, the --func of each must follow it");
		target = options_add_target(options);
		if (!target)
			return out_of_memory(why);
	}
	target->is_function_first = target->n_patterns > 0;
	return set_text(&target->binary, value, why);
}

static int set_func(struct options *options, const char *value, struct reason *why)
{
	struct options_target *target = options_last_target(options);
	char **pattern = target ? grow((void **)&target->patterns, target->n_patterns,
				       sizeof(*target->patterns))
				: NULL;

	if (!pattern || set_text(pattern, value, why))
		return out_of_memory(why);
	target->n_patterns++;
	return 0;
}

static int set_pid(struct options *options, const char *value, struct reason *why)
{
	struct options_target *target = options_last_target(options);
	uint64_t number = 0;
	int err = value_number(&number, value, INT32_MAX, why);
	pid_t *pid;

	if (err)
		return err;
	pid = target ? grow((void **)&target->pids, target->n_pids, sizeof(*pid)) : NULL;
	if (!pid)
		return out_of_memory(why);
	*pid = (pid_t)number;
	target->n_pids++;
	return 0;
}

static int set_label(struct options *options, const char *value, struct reason *why)
{
	struct options_target *target = options_last_target(options);
	struct options_label parsed, *label;
	int err = label_parse(value, &parsed, why);

	if (err)
		return err;
	for (size_t i = 0; target && i < target->n_labels; i++)
		if (strcmp(target->labels[i].name, parsed.name) == 0)
			err = reason_set(why, -EINVAL, "the label %s is given twice", parsed.name);
	label = target && !err ? grow((void **)&target->labels, target->n_labels, sizeof(*label))
			       : NULL;
	if (!label) {
		label_fini(&parsed);
		return err ? err : out_of_memory(why);
	}
	*label = parsed;
	target->n_labels++;
	return 0;
}

static int set_wait(struct options *options, const char *value, struct reason *why)
{
	struct options_target *target = options_last_target(options);

	return target ? value_bool(&target->waits, value, why) : out_of_memory(why);
}

static const char *const format_names[N_FORMATS] = {
	[FORMAT_TEXT] = "text",
	[FORMAT_JSON] = "json",
	[FORMAT_HLOG] = "hlog",
	[FORMAT_JOURNAL] = "journal",
};

static int set_format(struct options *options, const char *value, struct reason *why)
{
	int format = 0;
	int err = value_choice(&format, value, format_names, N_FORMATS, why);

	if (!err)
		options->format = (enum options_format)format;
	return err;
}

static int set_output(struct options *options, const char *value, struct reason *why)
{
	return set_text(&options->output, value, why);
}

static int set_listen(struct options *options, const char *value, struct reason *why)
{
	struct listen_address address;
	int err = listen_parse(value, &address, why);

	return err ? err : set_text(&options->listen, value, why);
}

static int set_duration_of_all(struct options *options, const char *value, struct reason *why)
{
	return value_duration(&options->duration_ns, value, why);
}

static int set_interval(struct options *options, const char *value, struct reason *why)
{
	return value_duration(&options->interval_ns, value, why);
}

static int set_cumulative(struct options *options, const char *value, struct reason *why)
{
	return value_bool(&options->is_cumulative, value, why);
}

static int set_buckets(struct options *options, const char *value, struct reason *why)
{
	struct options_buckets buckets;
	int err = buckets_parse(value, &buckets, why);

	if (err)
		return err;
	free(options->buckets.ns);
	options->buckets = buckets;
	return 0;
}

static int set_calls(struct options *options, const char *value, struct reason *why)
{
	return value_bool(&options->calls.are_printed, value, why);
}

/* What is shown of single calls, and which are, says that they are printed, or trees of them. */
static int set_show(struct options *options, const char *value, struct reason *why)
{
	options->calls.are_meant = true;
	return calls_add_shown(&options->calls, value, why);
}

static int set_where(struct options *options, const char *value, struct reason *why)
{
	return calls_add_conditions(&options->calls, value, why);
}

static int set_slower_than(struct options *options, const char *value, struct reason *why)
{
	options->calls.are_meant = true;
	return value_duration(&options->calls.slower_than_ns, value, why);
}

static int set_max_lines(struct options *options, const char *value, struct reason *why)
{
	return value_number(&options->calls.max_lines, value, MAX_MAX_LINES, why);
}

static int set_by(struct options *options, const char *value, struct reason *why)
{
	return calls_set_by(&options->calls, value, why);
}

static int set_types(struct options *options, const char *value, struct reason *why)
{
	return set_text(&options->calls.types, value, why);
}

static int set_stack(struct options *options, const char *value, struct reason *why)
{
	options->calls.are_meant = true;
	return value_bool(&options->calls.have_stacks, value, why);
}

static int set_graph(struct options *options, const char *value, struct reason *why)
{
	return value_bool(&options->calls.have_graph, value, why);
}

static int set_chrome(struct options *options, const char *value, struct reason *why)
{
	return set_text(&options->calls.chrome, value, why);
}

static int set_stacks(struct options *options, const char *value, struct reason *why)
{
	return set_text(&options->calls.stacks, value, why);
}

static int set_max_functions(struct options *options, const char *value, struct reason *why)
{
	return value_number(&options->max_functions, value, COOKIE_MAX_FUNCTIONS, why);
}

static int set_max_in_flight(struct options *options, const char *value, struct reason *why)
{
	return value_number(&options->max_in_flight, value, MAX_MAX_IN_FLIGHT, why);
}

static int set_max_overhead(struct options *options, const char *value, struct reason *why)
{
	return value_percent(&options->max_overhead_percent, value, why);
}

static int set_ring_size(struct options *options, const char *value, struct reason *why)
{
	return value_power_of_two(&options->ring_bytes, value, MIN_RING_BYTES, MAX_RING_BYTES, why);
}

static int set_links(struct options *options, const char *value, struct reason *why)
{
	static const char *const names[] = {
		[LINKS_AUTO] = "auto", [LINKS_MULTI] = "multi", [LINKS_PERF] = "perf"
	};
	int links = 0;
	int err = value_choice(&links, value, names, sizeof(names) / sizeof(names[0]), why);

	if (!err)
		options->links = (enum options_links)links;
	return err;
}

static int set_no_calibrate(struct options *options, const char *value, struct reason *why)
{
	return value_bool(&options->is_uncalibrated, value, why);
}

static int set_no_ret_emulation(struct options *options, const char *value, struct reason *why)
{
	return value_bool(&options->leaves_ret_alone, value, why);
}

static int set_debug(struct options *options, const char *value, struct reason *why)
{
	return value_bool(&options->is_debug, value, why);
}

static const struct setting settings[N_SETTINGS] = {
	[SETTING_BINARY] = { "binary", SECTION_TARGET, true, set_binary },
	[SETTING_FUNC] = { "func", SECTION_TARGET, true, set_func },
	[SETTING_PID] = { "pid", SECTION_TARGET, true, set_pid },
	[SETTING_LABEL] = { "label", SECTION_TARGET, true, set_label },
	[SETTING_WAIT] = { "wait", SECTION_TARGET, false, set_wait },
	[SETTING_FORMAT] = { "format", SECTION_OUTPUT, false, set_format },
	[SETTING_OUTPUT] = { "output", SECTION_OUTPUT, false, set_output },
	[SETTING_DURATION] = { "duration", SECTION_OUTPUT, false, set_duration_of_all },
	[SETTING_INTERVAL] = { "interval", SECTION_OUTPUT, false, set_interval },
	[SETTING_CUMULATIVE] = { "cumulative", SECTION_OUTPUT, false, set_cumulative },
	[SETTING_LISTEN] = { "listen", SECTION_OUTPUT, false, set_listen },
	[SETTING_BUCKETS] = { "buckets", SECTION_OUTPUT, false, set_buckets },
	[SETTING_CALLS] = { "calls", SECTION_CALLS, false, set_calls },
	[SETTING_SHOW] = { "show", SECTION_CALLS, true, set_show },
	[SETTING_WHERE] = { "where", SECTION_CALLS, true, set_where },
	[SETTING_SLOWER_THAN] = { "slower-than", SECTION_CALLS, false, set_slower_than },
	[SETTING_MAX_LINES] = { "max-lines", SECTION_CALLS, false, set_max_lines },
	[SETTING_BY] = { "by", SECTION_CALLS, false, set_by },
	[SETTING_TYPES] = { "types", SECTION_CALLS, false, set_types },
	[SETTING_STACK] = { "stack", SECTION_CALLS, false, set_stack },
	[SETTING_STACKS] = { "stacks", SECTION_CALLS, false, set_stacks },
	[SETTING_GRAPH] = { "graph", SECTION_CALLS, false, set_graph },
	[SETTING_CHROME] = { "chrome", SECTION_CALLS, false, set_chrome },
	[SETTING_MAX_FUNCTIONS] = { "max-functions", SECTION_LIMITS, false, set_max_functions },
	[SETTING_MAX_IN_FLIGHT] = { "max-in-flight", SECTION_LIMITS, false, set_max_in_flight },
	[SETTING_MAX_OVERHEAD] = { "max-overhead", SECTION_LIMITS, false, set_max_overhead },
	[SETTING_RING_SIZE] = { "ring-size", SECTION_LIMITS, false, set_ring_size },
	[SETTING_LINKS] = { "links", SECTION_KERNEL, false, set_links },
	[SETTING_NO_CALIBRATE] = { "no-calibrate", SECTION_KERNEL, false, set_no_calibrate },
	[SETTING_NO_RET_EMULATION] = { "no-ret-emulation", SECTION_KERNEL, false,
				       set_no_ret_emulation },
	[SETTING_DEBUG] = { "debug", SECTION_KERNEL, false, set_debug },
};

const struct setting *setting_find(const char *name)
{
	for (size_t i = 0; i < N_SETTINGS; i++)
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	return NULL;
}

const struct setting *setting_at(enum setting_id id)
{
	return &settings[id];
}

const char *setting_section_name(enum setting_section section)
{
	static const char *const names[N_SECTIONS] = {
		[SECTION_TARGET] = "target", [SECTION_OUTPUT] = "output", [SECTION_CALLS] = "calls",
		[SECTION_LIMITS] = "limits", [SECTION_KERNEL] = "kernel",
	};

	return names[section];
}

const char *setting_format_name(enum options_format format)
{
	return format_names[format];
}

uint64_t setting_bit(const struct setting *setting)
{
	return 1UL << (setting - settings);
}

uint64_t setting_bits(enum setting_section section)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < N_SETTINGS; i++)
		if (settings[i].section == section)
			bits |= setting_bit(&settings[i]);
	return bits;
}
