/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/trees.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gotraced/record.h"

enum {
	N_SLOTS = 1 << 12,
	MIN_ROOM = 16,
};

/* A call that ended; those within it stand before it. */
struct node {
	struct tree_call call;
	uint32_t n_nodes; /* with those within */
	uint64_t n_calls; /* that it stands for, likewise */
};

/* A goroutine that has calls which wait for the one that they are within. */
struct branch {
	struct branch *next; /* of its slot */
	uint64_t g, goid;
	uint32_t process;
	uint32_t n, n_room;
	struct node *nodes; /* owned, as are their values */
	uint32_t n_roots;
	uint32_t
		*roots; /* where the nodes of each outermost call begin; room as for nodes; owned */
};

struct trees {
	trees_use *use;
	void *context;
	size_t n_bytes; /* of all nodes and their values */
	struct tree_call *calls; /* room for a tree that is handed on; owned */
	uint32_t *starts; /* as much room, for where what surrounds a node begins; owned */
	size_t n_room;
	struct branch *slots[N_SLOTS]; /* by the hash of process and g; owned */
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

static size_t bytes_of(const struct node *node)
{
	return sizeof(*node) + (node->call.values ? strlen(node->call.values) + 1 : 0);
}

static void drop_node(struct trees *trees, struct node *node)
{
	trees->n_bytes -= bytes_of(node);
	free(node->call.values);
}

/* Drops the last of the outermost calls, so that n of them are left. */
static void cut(struct trees *trees, struct branch *branch, uint32_t n_roots)
{
	if (n_roots == branch->n_roots)
		return;
	while (branch->n > branch->roots[n_roots])
		drop_node(trees, &branch->nodes[--branch->n]);
	branch->n_roots = n_roots;
}

static struct branch **slot_of(struct trees *trees, uint64_t g, uint32_t process)
{
	/* A runtime.g has its own 64 bytes, at least. */
	uint64_t hash = (g / 64 + process) * 0x9e3779b97f4a7c15UL;

	return &trees->slots[hash >> 52];
}

/* NULL without memory, or without a branch where none is to be made. */
static struct branch *find(struct trees *trees, const struct ended_call *call, bool may_make)
{
	struct branch **slot = slot_of(trees, call->g, call->process), *branch = *slot;

	while (branch && (branch->g != call->g || branch->process != call->process))
		branch = branch->next;
	if (branch || !may_make)
		return branch;
	branch = calloc(1, sizeof(*branch));
	if (!branch)
		return NULL;
	branch->next = *slot;
	branch->g = call->g;
	branch->process = call->process;
	*slot = branch;
	return branch;
}

static void forget_branch(struct trees *trees, struct branch *branch)
{
	struct branch **at = slot_of(trees, branch->g, branch->process);

	while (*at != branch)
		at = &(*at)->next;
	*at = branch->next;
	cut(trees, branch, 0);
	free(branch->nodes);
	free(branch->roots);
	free(branch);
}

void trees_free(struct trees *trees)
{
	if (!trees)
		return;
	for (size_t i = 0; i < N_SLOTS; i++)
		while (trees->slots[i])
			forget_branch(trees, trees->slots[i]);
	free(trees->calls);
	free(trees->starts);
	free(trees);
}

/* Has the branch have room for another node. */
static bool make_room(struct branch *branch)
{
	uint32_t n = branch->n_room ? 2 * branch->n_room : MIN_ROOM, *roots;
	struct node *nodes;

	if (branch->n < branch->n_room)
		return true;
	nodes = reallocarray(branch->nodes, n, sizeof(*nodes));
	if (nodes)
		branch->nodes = nodes;
	roots = reallocarray(branch->roots, n, sizeof(*roots));
	if (roots)
		branch->roots = roots;
	if (!nodes || !roots)
		return false;
	branch->n_room = n;
	return true;
}

/* The same for a tree that is handed on. */
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

static uint32_t end_of_root(const struct branch *branch, uint32_t i)
{
	return i + 1 < branch->n_roots ? branch->roots[i + 1] : branch->n;
}

/* Hands on all trees, of which so many are within calls that are not known, and forgets the branch. */
static int finish_branch(struct trees *trees, struct branch *branch, uint32_t n_within)
{
	struct tree tree = { .g = branch->g, .goid = branch->goid, .process = branch->process };
	int err = 0;

	for (uint32_t i = 0; i < branch->n_roots && !err; i++) {
		uint32_t first = branch->roots[i], end = end_of_root(branch, i);

		tree.is_within = i < n_within;
		tree.n_calls = end - first;
		err = make_room_for_tree(trees, tree.n_calls) ? 0 : -ENOMEM;
		if (err)
			break;
		arrange(trees, branch->nodes, first, end - 1);
		tree.calls = trees->calls;
		err = trees->use(trees->context, &tree);
	}
	forget_branch(trees, branch);
	return err;
}

/* The outermost node of the i-th. */
static struct node *root_at(const struct branch *branch, uint32_t i)
{
	return &branch->nodes[end_of_root(branch, i) - 1];
}

/* The first of the outermost calls that a call contains which has just ended: those after it are, too. */
static uint32_t first_within(const struct branch *branch, const struct ended_call *call)
{
	uint32_t i = branch->n_roots;

	while (i > 0) {
		const struct tree_call *root = &root_at(branch, i - 1)->call;

		if (root->start_ns + root->duration_ns <= call->start_ns)
			break;
		i--;
	}
	return i;
}

static bool is_full(const struct trees *trees, const struct branch *branch)
{
	return branch->n >= TREES_MAX_CALLS || (trees->n_bytes >= TREES_MAX_BYTES && branch->n > 0);
}

/* Puts a call for which there is no room together with the one before, and all that were so already. */
static void put_together(struct trees *trees, struct branch *branch, struct node *node)
{
	free(node->call.values);
	node->call.values = NULL;
	node->call.is_more = true;
	node->call.is_unwound = false;
	node->call.function = NO_FUNCTION;
	node->call.self_ns = 0;
	do {
		const struct node *before = root_at(branch, branch->n_roots - 1);

		node->call.start_ns = before->call.start_ns;
		node->call.duration_ns += before->call.duration_ns;
		node->n_calls += before->n_calls;
		cut(trees, branch, branch->n_roots - 1);
	} while (branch->n_roots && root_at(branch, branch->n_roots - 1)->call.is_more);
	node->call.n_more = node->n_calls;
}

/* Adds a node, which contains the outermost calls from the first on. 0 or -ENOMEM. */
static int push(struct trees *trees, struct branch *branch, uint32_t first, struct node *node,
		bool is_outermost)
{
	for (uint32_t i = first; i < branch->n_roots; i++)
		node->n_calls += root_at(branch, i)->n_calls;
	if (!is_outermost && is_full(trees, branch)) {
		node->call.n_more = node->n_calls - 1;
		if (first < branch->n_roots)
			cut(trees, branch, first);
		else
			put_together(trees, branch, node);
		first = branch->n_roots;
	}
	if (!make_room(branch)) {
		free(node->call.values);
		return -ENOMEM;
	}
	if (first == branch->n_roots)
		branch->roots[branch->n_roots++] = branch->n;
	branch->n_roots = first + 1;
	node->n_nodes = branch->n + 1 - branch->roots[first];
	branch->nodes[branch->n++] = *node;
	trees->n_bytes += bytes_of(node);
	return 0;
}

int trees_add(struct trees *trees, const struct ended_call *call, uint64_t *ret_self_ns)
{
	struct branch *branch = find(trees, call, !call->is_left_out);
	uint32_t first = branch ? first_within(branch, call) : 0;
	uint64_t within_ns = 0;
	struct node node = {
		.call = {
			.start_ns = call->start_ns,
			.duration_ns = call->duration_ns,
			.is_unwound = call->is_unwound,
			.function = call->function,
			.caller = call->caller,
			.values = call->values,
		},
		.n_calls = 1,
	};
	int err = 0;

	*ret_self_ns = call->duration_ns;
	if (!branch) {
		free(call->values);
		return call->is_left_out ? 0 : -ENOMEM;
	}
	for (uint32_t i = first; i < branch->n_roots; i++)
		within_ns += root_at(branch, i)->call.duration_ns;
	*ret_self_ns = within_ns < call->duration_ns ? call->duration_ns - within_ns : 0;
	node.call.self_ns = *ret_self_ns;
	branch->goid = call->goid;
	if (call->is_left_out)
		free(call->values);
	else
		err = push(trees, branch, first, &node, call->level == 0);
	if (err || call->level > 0)
		return err;
	return finish_branch(trees, branch, first);
}

int trees_finish(struct trees *trees)
{
	int err = 0;

	for (size_t i = 0; i < N_SLOTS && !err; i++)
		while (trees->slots[i] && !err)
			err = finish_branch(trees, trees->slots[i], UINT32_MAX);
	return err;
}

void trees_forget(struct trees *trees, uint32_t function)
{
	for (size_t i = 0; i < N_SLOTS; i++)
		for (struct branch *branch = trees->slots[i]; branch; branch = branch->next)
			for (uint32_t k = 0; k < branch->n; k++) {
				struct tree_call *call = &branch->nodes[k].call;

				if (call->function == function)
					call->function = NO_FUNCTION;
				if (call->caller == function)
					call->caller = NO_FUNCTION;
			}
}
