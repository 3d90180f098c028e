/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/trees.h"

#include <errno.h>
#include <stdlib.h>

#include "gotraced/record.h"
#include "stats/branch.h"

enum { N_SLOTS = 1 << 12 };

static const uint64_t UNKNOWN_GOID = UINT64_MAX;

/* A goroutine that has calls which wait. */
struct goroutine {
	struct goroutine *next; /* of its slot */
	uint64_t g, goid;
	uint32_t process;
	struct branch branch;
};

struct trees {
	trees_use *use;
	void *context;
	size_t n_bytes; /* of all goroutines */
	struct tree_call *calls; /* room for a tree that is handed on; owned */
	uint32_t *starts; /* as much room, for where what surrounds a node begins; owned */
	size_t n_room;
	struct goroutine *slots[N_SLOTS]; /* by the hash of process and g; owned */
};

int trees_new(struct trees **ret, trees_use *use, void *context)
{
	*ret = calloc(1, sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	(*ret)->use = use;
	(*ret)->context = context;
	return 0;
}

static struct goroutine **slot_of(struct trees *trees, uint64_t g, uint32_t process)
{
	/* A runtime.g has its own 64 bytes, at least. */
	uint64_t hash = (g / 64 + process) * 0x9e3779b97f4a7c15UL;

	return &trees->slots[hash >> 52];
}

/* NULL where there is none. */
static struct goroutine *find(struct trees *trees, const struct ended_call *call)
{
	struct goroutine *of = *slot_of(trees, call->g, call->process);

	while (of && (of->g != call->g || of->process != call->process))
		of = of->next;
	return of;
}

/* NULL without memory. */
static struct goroutine *make(struct trees *trees, const struct ended_call *call)
{
	struct goroutine **slot = slot_of(trees, call->g, call->process);
	struct goroutine *made = calloc(1, sizeof(*made));

	if (!made)
		return NULL;
	made->next = *slot;
	made->g = call->g;
	made->goid = call->goid;
	made->process = call->process;
	*slot = made;
	trees->n_bytes += sizeof(*made);
	return made;
}

static void forget(struct trees *trees, struct goroutine *of)
{
	struct goroutine **at = slot_of(trees, of->g, of->process);

	while (*at != of)
		at = &(*at)->next;
	*at = of->next;
	trees->n_bytes -= sizeof(*of) + of->branch.n_bytes;
	branch_fini(&of->branch);
	free(of);
}

void trees_free(struct trees *trees)
{
	if (!trees)
		return;
	for (size_t i = 0; i < N_SLOTS; i++)
		while (trees->slots[i])
			forget(trees, trees->slots[i]);
	free(trees->calls);
	free(trees->starts);
	free(trees);
}

/* Has room for a tree that is handed on. */
static bool make_room_for_tree(struct trees *trees, size_t n)
{
	struct tree_call *calls;
	uint32_t *starts;

	if (n <= trees->n_room)
		return true;
	calls = reallocarray(trees->calls, n, sizeof(*calls));
	if (calls)
		trees->calls = calls;
	starts = reallocarray(trees->starts, n, sizeof(*starts));
	if (starts)
		trees->starts = starts;
	if (!calls || !starts)
		return false;
	trees->n_room = n;
	return true;
}

/*
 * The tree whose outermost call is nodes[last], in the order in which its calls began: before a call come
 * those that it is within, and all that ended before it began, which stand before those within it.
 */
static void arrange(struct trees *trees, const struct node *nodes, uint32_t first, uint32_t last)
{
	uint32_t depth = 0, i = last + 1;

	while (i-- > first) {
		uint32_t begins = i + 1 - nodes[i].n_nodes;

		while (depth > 0 && i < trees->starts[depth - 1])
			depth--;
		trees->calls[begins - first + depth] = nodes[i].call;
		trees->calls[begins - first + depth].depth = depth;
		trees->starts[depth++] = begins;
	}
}

/* Hands on all that waits, of which so many trees are within calls that are not known, and forgets it. */
static int finish(struct trees *trees, struct goroutine *of, uint32_t n_within)
{
	struct tree tree = { .g = of->g, .goid = of->goid, .process = of->process };
	int err = 0;

	for (uint32_t i = 0; i < of->branch.n_roots && !err; i++) {
		uint32_t first, n = branch_root(&of->branch, i, &first);

		tree.is_within = i < n_within;
		tree.n_calls = n;
		err = make_room_for_tree(trees, n) ? 0 : -ENOMEM;
		if (err)
			break;
		arrange(trees, of->branch.nodes, first, first + n - 1);
		tree.calls = trees->calls;
		err = trees->use(trees->context, &tree);
	}
	forget(trees, of);
	return err;
}

/*
 * The goroutine of a call: NULL where it has none and none is to be made, or without memory. What is left
 * of a former one that had the same runtime.g is handed on.
 */
static struct goroutine *goroutine_of(struct trees *trees, const struct ended_call *call,
				      int *ret_err)
{
	struct goroutine *of = find(trees, call);

	*ret_err = 0;
	if (of && of->goid != call->goid && of->goid != UNKNOWN_GOID &&
	    call->goid != UNKNOWN_GOID) {
		*ret_err = finish(trees, of, UINT32_MAX);
		of = NULL;
	}
	if (of && of->goid == UNKNOWN_GOID)
		of->goid = call->goid;
	if (*ret_err || of || call->is_left_out)
		return of;
	of = make(trees, call);
	*ret_err = of ? 0 : -ENOMEM;
	return of;
}

int trees_add(struct trees *trees, const struct ended_call *call, uint64_t *ret_self_ns)
{
	bool has_room = trees->n_bytes < TREES_MAX_BYTES, is_first;
	uint32_t n_at_most, n_before;
	struct goroutine *of;
	size_t n_bytes;
	int err;

	*ret_self_ns = call->duration_ns;
	of = goroutine_of(trees, call, &err);
	if (!of) {
		free(call->values);
		return err;
	}
	n_bytes = of->branch.n_bytes;
	is_first = of->branch.n == 0;
	n_at_most = call->level == 0 ? UINT32_MAX : has_room ? TREES_MAX_CALLS : 0;
	err = branch_add(&of->branch, call, n_at_most, ret_self_ns, &n_before);
	trees->n_bytes += of->branch.n_bytes - n_bytes;
	if (err)
		return err;
	if (call->level == 0)
		return finish(trees, of, n_before);
	return is_first && !has_room ? finish(trees, of, UINT32_MAX) : 0;
}

/* Hands on what waits in a slot: of one process, or of all. */
static int finish_slot(struct trees *trees, size_t slot, const uint32_t *process)
{
	struct goroutine *of = trees->slots[slot];
	int err = 0;

	while (of && !err) {
		struct goroutine *next = of->next;

		if (!process || of->process == *process)
			err = finish(trees, of, UINT32_MAX);
		of = next;
	}
	return err;
}

int trees_finish(struct trees *trees)
{
	int err = 0;

	for (size_t i = 0; i < N_SLOTS && !err; i++)
		err = finish_slot(trees, i, NULL);
	return err;
}

int trees_finish_process(struct trees *trees, uint32_t process)
{
	int err = 0;

	for (size_t i = 0; i < N_SLOTS && !err; i++)
		err = finish_slot(trees, i, &process);
	return err;
}

static bool is_among(const uint32_t *processes, size_t n, uint32_t process)
{
	for (size_t i = 0; i < n; i++)
		if (processes[i] == process)
			return true;
	return false;
}

size_t trees_processes(const struct trees *trees, trees_is_so *is_so, uint32_t *ret, size_t n_room)
{
	size_t n = 0;

	for (size_t i = 0; i < N_SLOTS; i++)
		for (const struct goroutine *of = trees->slots[i]; of && n < n_room; of = of->next)
			if (!is_among(ret, n, of->process) && is_so(of->process))
				ret[n++] = of->process;
	return n;
}

void trees_forget(struct trees *trees, uint32_t function)
{
	for (size_t i = 0; i < N_SLOTS; i++)
		for (struct goroutine *of = trees->slots[i]; of; of = of->next)
			for (uint32_t k = 0; k < of->branch.n; k++) {
				struct tree_call *call = &of->branch.nodes[k].call;

				if (call->function == function)
					call->function = NO_FUNCTION;
				if (call->caller == function)
					call->caller = NO_FUNCTION;
			}
}
