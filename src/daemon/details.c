/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/details.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/call_lines.h"
#include "daemon/call_trees.h"
#include "daemon/inspect.h"
#include "daemon/say.h"
#include "daemon/session.h"
#include "daemon/sink.h"
#include "daemon/stacks.h"

enum { MAX_KEPT_BYTES = 64 << 20 };

/* A call that is kept: when it ended, and where its record is. */
struct kept {
	uint64_t ended_ns;
	size_t at; /* in bytes */
};

struct details {
	struct kept *kept; /* owned */
	size_t n_kept, n_kept_room;
	char *bytes; /* of records, each aligned to 8; owned */
	size_t n_bytes, n_bytes_room;
	uint64_t n_lost; /* without memory */
	FILE *text_to; /* what is printed here is in text, once flushed; owned, as are they all */
	char *text;
	size_t n_text_bytes;
	const struct options_calls *wanted;
	struct inspector *inspector;
	struct call_lines *lines; /* NULL: not wanted; as below */
	struct stacks *stacks;
	struct call_trees *trees;
};

static int out_of_memory(struct reason *why)
{
	return reason_set(why, -ENOMEM, "out of memory");
}

int details_new(struct details **ret, const struct options_calls *wanted, size_t n_functions,
		struct reason *why)
{
	struct details *details = calloc(1, sizeof(*details));
	int err = details ? inspector_new(&details->inspector) : -ENOMEM;

	if (!err) {
		details->wanted = wanted;
		details->text_to = open_memstream(&details->text, &details->n_text_bytes);
		err = details->text_to ? 0 : -ENOMEM;
	}
	if (!err && (wanted->are_printed || wanted->have_graph))
		err = call_lines_new(&details->lines, wanted);
	if (err)
		out_of_memory(why);
	if (!err && wanted->stacks)
		err = stacks_new(&details->stacks, wanted->stacks, why);
	if (!err && calls_have_trees(wanted))
		err = call_trees_new(&details->trees, wanted, details->lines, n_functions, why);
	if (err)
		details_free(details);
	else
		*ret = details;
	return err;
}

void details_free(struct details *details)
{
	if (!details)
		return;
	if (details->text_to)
		fclose(details->text_to);
	free(details->text);
	inspector_free(details->inspector);
	call_lines_free(details->lines);
	stacks_free(details->stacks);
	call_trees_free(details->trees);
	free(details->kept);
	free(details->bytes);
	free(details);
}

/* Has an array have room for so many elements. */
static bool make_room(void **array, size_t *n_room, size_t n_wanted, size_t element_bytes)
{
	size_t n = *n_room ? *n_room : 64;
	void *grown;

	while (n < n_wanted)
		n *= 2;
	if (n == *n_room)
		return true;
	grown = reallocarray(*array, n, element_bytes);
	if (!grown)
		return false;
	*array = grown;
	*n_room = n;
	return true;
}

/* A record, with the values and frames behind it. */
static size_t bytes_of(const struct call_detail *detail)
{
	return sizeof(*detail) + detail->n_bytes + detail->n_frames * sizeof(uint64_t);
}

static size_t aligned_bytes(const struct call_detail *detail)
{
	return (bytes_of(detail) + 7) / 8 * 8;
}

bool details_keep(struct details *details, const struct call_detail *detail)
{
	size_t n_aligned = aligned_bytes(detail);

	if (details->n_bytes + n_aligned > MAX_KEPT_BYTES ||
	    !make_room((void **)&details->bytes, &details->n_bytes_room,
		       details->n_bytes + n_aligned, 1) ||
	    !make_room((void **)&details->kept, &details->n_kept_room, details->n_kept + 1,
		       sizeof(*details->kept))) {
		details->n_lost++;
		return false;
	}
	details->kept[details->n_kept++] =
		(struct kept){ detail->start_ns + detail->duration_ns, details->n_bytes };
	memcpy(details->bytes + details->n_bytes, detail, bytes_of(detail));
	details->n_bytes += n_aligned;
	return true;
}

static int by_end(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->ended_ns != y->ended_ns)
		return x->ended_ns < y->ended_ns ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* Errors are mostly made anew: the addresses of what they hold would tell each from all others. */
static void print_by(FILE *to, const struct value *value)
{
	if (value->kind == VALUE_DYNAMIC && value->n_children &&
	    (value->children[0].kind == VALUE_ADDRESS || value->children[0].kind == VALUE_POINTER))
		fputs(value->type, to);
	else
		value_print(to, value);
}

/* Its value as text; NULL when there is none, or no memory. */
static const char *text_of_by(struct details *details)
{
	const struct capture *capture = inspected_capture(details->inspector);

	rewind(details->text_to);
	for (size_t i = 0; capture && i < capture->n_values; i++) {
		const struct captured *captured = &capture->values[i];

		if (captured->role != CAPTURE_BY)
			continue;
		print_by(details->text_to, inspected_value(details->inspector, captured));
		fputc(0, details->text_to);
		return fflush(details->text_to) ? NULL : details->text;
	}
	return NULL;
}

static int add_stack(struct details *details, const char *function,
		     const struct call_detail *detail)
{
	const struct source_frame *callers;
	size_t n_callers;

	if (!inspected_has_stack(details->inspector))
		return stacks_add_unknown(details->stacks, function, 1, detail->duration_ns);
	n_callers = inspected_frames(details->inspector, &callers);
	return stacks_add(details->stacks, function, callers, n_callers, detail->duration_ns);
}

static int use_one(struct details *details, struct session *session,
		   const struct call_detail *detail)
{
	const struct function *function = &session->functions.at[detail->function];
	bool counts = detail->end == END_RETURNED && !function->is_over_budget;
	bool is_shown = detail->end == END_RETURNED || detail->end == END_UNWOUND;
	int err = inspect(details->inspector, session, detail);

	if (!err && session->by && counts)
		session_record(session, detail->function, text_of_by(details), detail->duration_ns);
	if (!err && details->stacks && counts)
		err = add_stack(details, function->name, detail);
	if (!err && details->trees)
		err = call_trees_add(details->trees, details->inspector, detail);
	if (!err && details->wanted->are_printed && is_shown)
		err = call_lines_print(details->lines, session, details->inspector, detail);
	return err;
}

int details_miss(struct details *details, uint32_t function, const char *name, uint64_t n_calls,
		 uint64_t sum_ns)
{
	if (details->trees)
		call_trees_miss(details->trees, function, n_calls);
	return details->stacks ? stacks_add_unknown(details->stacks, name, n_calls, sum_ns) : 0;
}

void details_restart(struct details *details)
{
	if (details->stacks)
		stacks_restart(details->stacks);
	if (details->trees)
		call_trees_restart(details->trees);
}

int details_forget(struct details *details, uint32_t function)
{
	return details->trees ? call_trees_forget(details->trees, function) : 0;
}

const struct call_graph *details_graph(const struct details *details)
{
	return details->trees ? call_trees_graph(details->trees) : NULL;
}

static int use_all(struct details *details, struct session *session)
{
	int err = 0;

	qsort(details->kept, details->n_kept, sizeof(*details->kept), by_end);
	for (size_t i = 0; i < details->n_kept && !err; i++)
		err = use_one(details, session,
			      (const void *)(details->bytes + details->kept[i].at));
	details->n_kept = details->n_bytes = 0;
	return err;
}

int details_use(struct details *details, struct session *session, uint64_t began_ns,
		struct reason *why)
{
	int err;

	if (details->lines)
		call_lines_begin(details->lines, session);
	if (details->trees)
		call_trees_begin(details->trees, session);
	err = use_all(details, session);
	if (!err && details->trees)
		err = call_trees_end(details->trees, began_ns);
	if (err)
		return out_of_memory(why);
	if (details->lines) {
		err = call_lines_end(details->lines, session, details->n_lost, why);
		details->n_lost = 0;
	}
	return err;
}

int details_finish(struct details *details, const struct session *session, struct reason *why)
{
	uint64_t n_bare = tracer_omissions(session->tracer).n_bare;
	uint64_t n_unknown = details->stacks ? stacks_n_unknown(details->stacks) : 0;
	int err = 0;

	if (n_bare)
		say_warning(
			"nothing was taken of %lu calls, for want of memory for that: they have no "
			"values, and a condition leaves them out",
			n_bare);
	if (n_unknown)
		say_warning("the stacks of %lu calls are not known, for want of room in the ring "
			    "buffer or for calls in flight: see --ring-size and --max-in-flight",
			    n_unknown);
	if (details->stacks)
		err = stacks_write(details->stacks, why);
	if (!err && details->trees)
		err = call_trees_close(details->trees, why);
	return err;
}
