/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/call_trees.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/call_values.h"
#include "daemon/line_limit.h"
#include "daemon/say.h"
#include "daemon/session.h"
#include "report/chrome.h"
#include "stats/settling.h"
#include "stats/trees.h"

/* Many times what the trace is written by, so that it is always whole events that are. */
enum { FILE_BUFFER_BYTES = 1 << 16 };

/*
 * The rings are emptied one after the other: of a call that ended meanwhile on one CPU, those within it
 * may have ended on another whose ring was empty by then. And a record may come a moment after what it
 * tells of, since programs can be preempted.
 */
static const uint64_t SETTLED_AFTER_NS = 50000000;

static const uint64_t LOOK_EVERY_NS = 1000000000;

enum { MAX_ENDED = 64 };

struct call_trees {
	const struct options_calls *wanted;
	struct call_lines *lines; /* NULL: none; not owned */
	const struct session *session;
	struct trees *trees; /* owned, as are they all */
	struct call_graph graph;
	struct line_limit limit;
	uint64_t realtime_ahead_ns; /* of CLOCK_MONOTONIC */
	uint64_t n_left_out; /* of the file, for the limit */
	uint64_t n_missed; /* of it, for want of room in the ring buffer */
	uint64_t looked_ns; /* for processes that have ended, with calls that wait: */
	uint32_t ended[MAX_ENDED];
	size_t n_ended;
	struct settling settling;
	FILE *file; /* NULL: none */
	char file_buffer[FILE_BUFFER_BYTES];
	struct chrome *chrome;
	FILE *values_to; /* what is printed here is in values, once flushed */
	char *values;
	size_t n_values_bytes;
	struct call_values of_call;
	struct report_tree_call *calls; /* room for those of a tree */
	size_t n_calls_room;
};

static int out_of_memory(struct reason *why)
{
	return reason_set(why, -ENOMEM, "out of memory for calls");
}

static int fail_to_write(const struct call_trees *trees, struct reason *why)
{
	return reason_set(why, -errno, "cannot write the trace to %s: %s", trees->wanted->chrome,
			  strerror(errno));
}

static const char *name_of(const struct call_trees *trees, uint32_t function)
{
	return function == NO_FUNCTION ? NULL : trees->session->functions.at[function].name;
}

/* 0 or -ENOMEM. */
static int make_room(struct call_trees *trees, size_t n)
{
	struct report_tree_call *grown;

	if (n <= trees->n_calls_room)
		return 0;
	grown = reallocarray(trees->calls, n, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	trees->calls = grown;
	trees->n_calls_room = n;
	return 0;
}

/* The name of its target, as far as one of its functions is still traced. */
static const char *target_of(const struct call_trees *trees, const struct tree *tree)
{
	for (size_t i = 0; i < tree->n_calls; i++) {
		uint32_t function = tree->calls[i].function;

		if (function != NO_FUNCTION && trees->session->functions.at[function].target)
			return trees->session->functions.at[function].target->name;
	}
	return "";
}

static void describe(struct call_trees *trees, const struct tree *tree, struct report_tree *ret)
{
	const struct tree_call *root = &tree->calls[0];

	for (size_t i = 0; i < tree->n_calls; i++) {
		const struct tree_call *call = &tree->calls[i];

		trees->calls[i] = (struct report_tree_call){
			.function = name_of(trees, call->function),
			.after_ns = call->start_ns > root->start_ns
					    ? call->start_ns - root->start_ns
					    : 0,
			.duration_ns = call->duration_ns,
			.self_ns = call->self_ns,
			.depth = call->depth,
			.is_unwound = call->is_unwound,
			.is_more = call->is_more,
			.n_more = call->n_more,
			.values = call->values,
		};
	}
	*ret = (struct report_tree){
		.target = target_of(trees, tree),
		.started_ns = root->start_ns + trees->realtime_ahead_ns,
		.monotonic_ns = root->start_ns,
		.goroutine = tree->goid == UINT64_MAX ? tree->g : tree->goid,
		.is_goroutine_known = tree->goid != UINT64_MAX,
		.process = tree->process,
		.is_within = tree->is_within,
		.caller = tree->is_within ? name_of(trees, root->caller) : NULL,
		.calls = trees->calls,
		.n_calls = tree->n_calls,
	};
}

/* Those of which the outermost call took long enough, as far as not too many come at once. */
static bool is_chosen(struct call_trees *trees, const struct tree *tree)
{
	const struct tree_call *root = &tree->calls[0];

	if (root->duration_ns < trees->wanted->slower_than_ns)
		return false;
	if (line_limit_allows(&trees->limit, tree->n_calls, root->start_ns + root->duration_ns))
		return true;
	trees->n_left_out += tree->n_calls;
	if (trees->lines)
		call_lines_leave_out(trees->lines, tree->n_calls);
	return false;
}

static int use_tree(void *context, const struct tree *tree)
{
	struct call_trees *trees = context;
	struct report_tree described;
	int err = 0;

	if (!is_chosen(trees, tree))
		return 0;
	if (make_room(trees, tree->n_calls))
		return -ENOMEM;
	describe(trees, tree, &described);
	if (trees->lines)
		err = call_lines_print_tree(trees->lines, trees->session, &described);
	return !err && trees->chrome ? chrome_add(trees->chrome, &described) : err;
}

int call_trees_new(struct call_trees **ret, const struct options_calls *wanted,
		   struct call_lines *lines, size_t n_functions, struct reason *why)
{
	struct call_trees *trees = calloc(1, sizeof(*trees));

	*ret = trees;
	if (!trees)
		return out_of_memory(why);
	trees->wanted = wanted;
	trees->lines = wanted->have_graph ? lines : NULL;
	trees->limit.max_lines = wanted->max_lines;
	trees->values_to = open_memstream(&trees->values, &trees->n_values_bytes);
	if (!trees->values_to || trees_new(&trees->trees, use_tree, trees) ||
	    call_graph_init(&trees->graph, n_functions))
		return out_of_memory(why);
	if (!wanted->chrome)
		return 0;
	trees->file = fopen(wanted->chrome, "we");
	if (!trees->file)
		return fail_to_write(trees, why);
	setvbuf(trees->file, trees->file_buffer, _IOFBF, sizeof(trees->file_buffer));
	return chrome_new(&trees->chrome, trees->file) ? out_of_memory(why) : 0;
}

void call_trees_free(struct call_trees *trees)
{
	if (!trees)
		return;
	settling_fini(&trees->settling);
	trees_free(trees->trees);
	call_graph_fini(&trees->graph);
	call_values_fini(&trees->of_call);
	chrome_free(trees->chrome);
	if (trees->file)
		fclose(trees->file);
	if (trees->values_to)
		fclose(trees->values_to);
	free(trees->values);
	free(trees->calls);
	free(trees);
}

void call_trees_begin(struct call_trees *trees, const struct session *session)
{
	const struct moment now = moment_now();

	trees->session = session;
	trees->realtime_ahead_ns = now.realtime_ns - now.monotonic_ns;
}

/* As the format has them; as text for a file beside one that has none. */
static int print_values(const struct call_trees *trees, const struct report_call *call)
{
	const struct output *output = trees->session->output;
	const struct report_format *format = output->format;

	return (format->values ? format : &report_text)
		->values(trees->values_to, call, &output->style);
}

/* Its values, as they are to be printed, for the caller to free; *ret NULL: none. 0 or -ENOMEM. */
static int take_values(struct call_trees *trees, struct inspector *inspector, char **ret)
{
	struct report_call call = { 0 };
	int err;

	*ret = NULL;
	if (!trees->wanted->n_shown || !inspected_capture(inspector))
		return 0;
	rewind(trees->values_to);
	err = call_values_take(&trees->of_call, inspector, &call);
	if (!err)
		err = print_values(trees, &call);
	if (err)
		return err;
	fputc(0, trees->values_to);
	if (fflush(trees->values_to))
		return -ENOMEM;
	if (!*trees->values)
		return 0;
	*ret = strdup(trees->values);
	return *ret ? 0 : -ENOMEM;
}

int call_trees_add(struct call_trees *trees, struct inspector *inspector,
		   const struct call_detail *detail)
{
	const struct function *function = &trees->session->functions.at[detail->function];
	struct ended_call call = {
		.g = detail->g,
		.goid = detail->goid,
		.process = detail->process,
		.function = detail->function,
		.caller = detail->caller,
		.level = detail->level,
		.start_ns = detail->start_ns,
		.duration_ns = detail->duration_ns,
		.is_unwound = detail->end == END_UNWOUND,
		.is_left_out =
			detail->end > END_UNWOUND || !function->target || function->is_over_budget,
	};
	int err = call.is_left_out ? 0 : take_values(trees, inspector, &call.values);

	call.counts = detail->end == END_RETURNED && !call.is_left_out;
	return err ? err : settling_add(&trees->settling, &call);
}

static int use_call(void *context, const struct ended_call *call)
{
	struct call_trees *trees = context;
	uint64_t self_ns;
	int err = trees_add(trees->trees, call, &self_ns);

	if (err || !call->counts)
		return err;
	return call_graph_add(&trees->graph, call->caller, call->function, call->duration_ns,
			      self_ns);
}

static bool has_ended(uint32_t process)
{
	return kill((pid_t)process, 0) && errno == ESRCH;
}

/*
 * Trees of processes that had ended at the last look are as complete as they will ever be: of those that
 * have ended since, calls may not have settled. 0 or -ENOMEM.
 */
static int finish_ended(struct call_trees *trees, uint64_t now_ns)
{
	int err = 0;

	if (now_ns - trees->looked_ns < LOOK_EVERY_NS)
		return 0;
	trees->looked_ns = now_ns;
	for (size_t i = 0; i < trees->n_ended && !err; i++)
		err = trees_finish_process(trees->trees, trees->ended[i]);
	trees->n_ended = trees_processes(trees->trees, has_ended, trees->ended, MAX_ENDED);
	return err;
}

int call_trees_end(struct call_trees *trees, uint64_t began_ns)
{
	bool is_over = trees->session->is_over, may_wait = !is_over && !trees->session->is_settling;
	int err = settling_until(&trees->settling,
				 may_wait ? began_ns - SETTLED_AFTER_NS : UINT64_MAX, use_call,
				 trees);

	if (err)
		return err;
	return is_over ? trees_finish(trees->trees) : finish_ended(trees, began_ns);
}

void call_trees_miss(struct call_trees *trees, uint32_t function, uint64_t n_calls)
{
	trees->graph.functions[function].n_missed += n_calls;
	trees->n_missed += n_calls;
}

int call_trees_close(struct call_trees *trees, struct reason *why)
{
	if (!trees->chrome)
		return 0;
	if (trees->n_missed)
		say_warning("%lu calls are not in %s, for want of room in the ring buffer: see "
			    "--ring-size",
			    trees->n_missed, trees->wanted->chrome);
	if (trees->n_left_out)
		say_warning("%lu calls are not in %s: it takes %lu a second, see --max-lines",
			    trees->n_left_out, trees->wanted->chrome, trees->wanted->max_lines);
	chrome_end(trees->chrome);
	errno = EIO;
	return fflush(trees->file) || ferror(trees->file) ? fail_to_write(trees, why) : 0;
}

const struct call_graph *call_trees_graph(const struct call_trees *trees)
{
	return &trees->graph;
}

void call_trees_restart(struct call_trees *trees)
{
	call_graph_restart(&trees->graph);
}

int call_trees_forget(struct call_trees *trees, uint32_t function)
{
	settling_forget(&trees->settling, function);
	trees_forget(trees->trees, function);
	return call_graph_forget(&trees->graph, function);
}
