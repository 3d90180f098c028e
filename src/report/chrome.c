/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/chrome.h"

#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "report/json_line.h"

enum {
	N_SLOTS = 1 << 17, /* of the tracks that have a name; a power of two */
	MAX_NAMED = N_SLOTS / 2,
	TIME_DIGITS =
		16, /* of a time in µs: to the ns until 115 days after the boot, then to 10 ns */
	WRITE_BYTES = 4096, /* at least, at a time */
};

struct track {
	uint64_t goroutine;
	uint32_t process; /* 0: none */
};

struct chrome {
	FILE *to;
	bool has_events;
	size_t n_named;
	struct track named[N_SLOTS]; /* by the hash of both, with open addressing */
};

int chrome_new(struct chrome **ret, FILE *to)
{
	*ret = calloc(1, sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	(*ret)->to = to;
	fputc('[', to);
	return 0;
}

void chrome_free(struct chrome *chrome)
{
	free(chrome);
}

/* Begins an event, of a kind that the format calls a phase. */
static void begin_event(struct json_line *line, const char *phase, const char *name,
			const struct track *track)
{
	json_line_begin(line);
	json_line_add_text(line, "ph", phase);
	json_line_add_text(line, "name", name);
	json_line_add_number(line, "pid", track->process);
	json_line_add_number(line, "tid", track->goroutine);
}

static int end_event(struct chrome *chrome, struct json_line *line)
{
	if (chrome->has_events)
		fputc(',', chrome->to);
	chrome->has_events = true;
	if (line->is_complete)
		json_dumpf(line->object, chrome->to,
			   JSON_COMPACT | JSON_REAL_PRECISION(TIME_DIGITS));
	fputc('\n', chrome->to);
	json_decref(line->object);
	if (__fpending(chrome->to) >= WRITE_BYTES)
		fflush(chrome->to);
	return line->is_complete ? 0 : -ENOMEM;
}

/* Has it a name already? If not, it counts as having one from now on; of very many, some go without. */
static bool is_named(struct chrome *chrome, const struct track *track)
{
	uint64_t hash =
		(track->goroutine + ((uint64_t)track->process << 40)) * 0x9e3779b97f4a7c15UL;
	size_t i = (hash >> 40) & (N_SLOTS - 1);

	while (chrome->named[i].process) {
		if (chrome->named[i].process == track->process &&
		    chrome->named[i].goroutine == track->goroutine)
			return true;
		i = (i + 1) & (N_SLOTS - 1);
	}
	if (chrome->n_named >= MAX_NAMED)
		return true;
	chrome->named[i] = *track;
	chrome->n_named++;
	return false;
}

static int add_name(struct chrome *chrome, const struct track *track, const char *of,
		    const char *name)
{
	struct json_line line;

	begin_event(&line, "M", of, track);
	json_line_add(&line, "args", json_with(json_object(), "name", json_text(name)));
	return end_event(chrome, &line);
}

static int name_track(struct chrome *chrome, const struct track *track,
		      const struct report_tree *tree)
{
	char name[40] = "goroutine not known";
	int err;

	if (is_named(chrome, track))
		return 0;
	if (tree->is_goroutine_known)
		snprintf(name, sizeof(name), "goroutine %lu", tree->goroutine);
	err = add_name(chrome, track, "process_name", tree->target);
	return err ? err : add_name(chrome, track, "thread_name", name);
}

/* An object with a call's values: as an object too, or as text, whichever the format has printed. */
static json_t *values_of(const struct report_tree_call *call)
{
	json_t *object;

	if (!call->values)
		return json_object();
	object = json_loads(call->values, 0, NULL);
	return object ? object
		      : json_with(json_object(), "values",
				  json_text(call->values + strspn(call->values, " ")));
}

/* What the user may want to know of a call, beside its times. */
static json_t *args_of(const struct report_tree_call *call)
{
	json_t *args = values_of(call);

	if (!call->is_more)
		args = json_with(args, "self_us", json_real((double)call->self_ns / 1e3));
	if (call->is_unwound)
		args = json_with(args, "end", json_string("unwound"));
	if (call->n_more)
		args = json_with(args, "more", json_integer((json_int_t)call->n_more));
	return args;
}

static int add_call(struct chrome *chrome, const struct track *track,
		    const struct report_tree *tree, const struct report_tree_call *call)
{
	const char *name = call->is_more ? "more calls" : call->function;
	struct json_line line;

	begin_event(&line, "X", name ? name : "not traced any more", track);
	json_line_add_text(&line, "cat", "go");
	json_line_add(&line, "ts", json_real((double)(tree->monotonic_ns + call->after_ns) / 1e3));
	json_line_add(&line, "dur", json_real((double)call->duration_ns / 1e3));
	json_line_add(&line, "args", args_of(call));
	return end_event(chrome, &line);
}

int chrome_add(struct chrome *chrome, const struct report_tree *tree)
{
	const struct track track = { tree->goroutine, tree->process };
	int err = name_track(chrome, &track, tree);

	for (size_t i = 0; i < tree->n_calls && !err; i++)
		err = add_call(chrome, &track, tree, &tree->calls[i]);
	return err;
}

void chrome_end(struct chrome *chrome)
{
	fputs("]\n", chrome->to);
}
