/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/stacks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_BY_FUNCTION = 1 << 15, /* lines beyond STACKS_MAX, for calls by function alone */
	MAX_ALL = STACKS_MAX + MAX_BY_FUNCTION,
	N_SLOTS = STACKS_MAX * 2, /* a power of two, more than MAX_ALL */
	MAX_TEXT_BYTES = 1 << 14,
};

struct stack {
	char *text; /* owned */
	uint64_t n_calls, sum_ns;
};

/* By the hash of their texts, with open addressing. */
struct stacks {
	FILE *times, *calls; /* the files; owned */
	char *path; /* of the first; owned */
	struct stack *at; /* owned */
	size_t n;
	uint32_t *slots; /* 1 + the index of a stack; 0: none; owned */
	struct stack rest; /* there was no room for even the function */
	uint64_t n_unknown;
	char text[MAX_TEXT_BYTES];
};

static int open_file(const char *path, FILE **ret, struct reason *why)
{
	*ret = fopen(path, "we");
	return *ret ? 0
		    : reason_set(why, -errno, "cannot write stacks to %s: %s", path,
				 strerror(errno));
}

static int out_of_memory(struct reason *why)
{
	return reason_set(why, -ENOMEM, "out of memory");
}

static int open_files(struct stacks *stacks, struct reason *why)
{
	char *path;
	int err = open_file(stacks->path, &stacks->times, why);

	if (err)
		return err;
	if (asprintf(&path, "%s.calls", stacks->path) < 0)
		return out_of_memory(why);
	err = open_file(path, &stacks->calls, why);
	free(path);
	return err;
}

int stacks_new(struct stacks **ret, const char *path, struct reason *why)
{
	struct stacks *stacks = calloc(1, sizeof(*stacks));

	*ret = stacks;
	if (!stacks)
		return out_of_memory(why);
	stacks->path = strdup(path);
	stacks->at = calloc(MAX_ALL, sizeof(*stacks->at));
	stacks->slots = calloc(N_SLOTS, sizeof(*stacks->slots));
	if (!stacks->path || !stacks->at || !stacks->slots)
		return out_of_memory(why);
	return open_files(stacks, why);
}

void stacks_free(struct stacks *stacks)
{
	if (!stacks)
		return;
	for (size_t i = 0; stacks->at && i < stacks->n; i++)
		free(stacks->at[i].text);
	if (stacks->times)
		fclose(stacks->times);
	if (stacks->calls)
		fclose(stacks->calls);
	free(stacks->path);
	free(stacks->at);
	free(stacks->slots);
	free(stacks);
}

/* A function at the end of the text; what divides functions, or lines, is no part of a name. */
static size_t append(char *text, size_t n, const char *name)
{
	if (n > 0 && n < MAX_TEXT_BYTES - 1)
		text[n++] = ';';
	for (; *name && n < MAX_TEXT_BYTES - 1; name++)
		text[n++] = *name == ';' || (unsigned char)*name < ' ' ? ':' : *name;
	text[n] = 0;
	return n;
}

static const char *name_of(const struct source_frame *frame)
{
	return frame->function ? frame->function : "[unknown]";
}

/* Where not all have room, it is the outermost that are left out. */
static void fold(struct stacks *stacks, const char *function, const struct source_frame *callers,
		 size_t n_callers)
{
	const char cut[] = "[more callers]";
	size_t n_wanted = sizeof(cut) + strlen(function) + 1, n_left = 0, n = 0;

	while (n_left < n_callers) {
		n_wanted += strlen(name_of(&callers[n_left])) + 1;
		if (n_wanted > MAX_TEXT_BYTES)
			break;
		n_left++;
	}
	if (n_left < n_callers)
		n = append(stacks->text, n, cut);
	for (; n_left > 0; n_left--)
		n = append(stacks->text, n, name_of(&callers[n_left - 1]));
	append(stacks->text, n, function);
}

/* That of the text; NULL when there is no room for it, *ret_err with a reason or 0. */
static struct stack *find(struct stacks *stacks, size_t n_at_most, int *ret_err)
{
	uint64_t hash = 14695981039346656037UL; /* FNV-1a */
	size_t slot;

	*ret_err = 0;
	for (const char *c = stacks->text; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 1099511628211UL;
	for (slot = hash & (N_SLOTS - 1); stacks->slots[slot]; slot = (slot + 1) & (N_SLOTS - 1)) {
		struct stack *stack = &stacks->at[stacks->slots[slot] - 1];

		if (strcmp(stack->text, stacks->text) == 0)
			return stack;
	}
	if (stacks->n >= n_at_most)
		return NULL;
	stacks->at[stacks->n].text = strdup(stacks->text);
	if (!stacks->at[stacks->n].text) {
		*ret_err = -ENOMEM;
		return NULL;
	}
	stacks->slots[slot] = (uint32_t)++stacks->n;
	return &stacks->at[stacks->n - 1];
}

static void count(struct stack *stack, uint64_t n_calls, uint64_t sum_ns)
{
	stack->n_calls += n_calls;
	stack->sum_ns += sum_ns;
}

/* By the function alone, with a word on why. */
static int add_by_function(struct stacks *stacks, const char *function, const char *reason,
			   uint64_t n_calls, uint64_t sum_ns)
{
	struct stack *stack;
	int err;

	append(stacks->text, append(stacks->text, 0, reason), function);
	stack = find(stacks, MAX_ALL, &err);
	if (!err)
		count(stack ? stack : &stacks->rest, n_calls, sum_ns);
	return err;
}

int stacks_add(struct stacks *stacks, const char *function, const struct source_frame *callers,
	       size_t n_callers, uint64_t duration_ns)
{
	struct stack *stack;
	int err;

	fold(stacks, function, callers, n_callers);
	stack = find(stacks, STACKS_MAX, &err);
	if (err)
		return err;
	if (!stack)
		return add_by_function(stacks, function, "[other stacks]", 1, duration_ns);
	count(stack, 1, duration_ns);
	return 0;
}

int stacks_add_unknown(struct stacks *stacks, const char *function, uint64_t n_calls,
		       uint64_t sum_ns)
{
	stacks->n_unknown += n_calls;
	return add_by_function(stacks, function, "[stack not known]", n_calls, sum_ns);
}

uint64_t stacks_n_unknown(const struct stacks *stacks)
{
	return stacks->n_unknown;
}

void stacks_restart(struct stacks *stacks)
{
	for (size_t i = 0; i < stacks->n; i++)
		free(stacks->at[i].text);
	memset(stacks->at, 0, stacks->n * sizeof(*stacks->at));
	memset(stacks->slots, 0, N_SLOTS * sizeof(*stacks->slots));
	stacks->n = 0;
	stacks->rest = (struct stack){ 0 };
	stacks->n_unknown = 0;
}

static void print(const struct stacks *stacks, const struct stack *stack)
{
	const char *text = stack->text ? stack->text : "[other stacks]";

	if (!stack->n_calls)
		return;
	fprintf(stacks->times, "%s %" PRIu64 "\n", text, stack->sum_ns);
	fprintf(stacks->calls, "%s %" PRIu64 "\n", text, stack->n_calls);
}

int stacks_write(const struct stacks *stacks, struct reason *why)
{
	errno = EIO;
	for (size_t i = 0; i < stacks->n; i++)
		print(stacks, &stacks->at[i]);
	print(stacks, &stacks->rest);
	if (fflush(stacks->times) || fflush(stacks->calls) || ferror(stacks->times) ||
	    ferror(stacks->calls))
		return reason_set(why, -errno, "cannot write the stacks to %s: %s", stacks->path,
				  strerror(errno));
	return 0;
}
