/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/branch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gotraced/record.h"

enum {
	MIN_ROOM = 8,
	ROOM_BYTES = sizeof(struct node) + sizeof(uint32_t),
};

static size_t value_bytes(const struct node *node)
{
	return node->call.values ? strlen(node->call.values) + 1 : 0;
}

static uint32_t end_of_root(const struct branch *branch, uint32_t i)
{
	return i + 1 < branch->n_roots ? branch->roots[i + 1] : branch->n;
}

uint32_t branch_root(const struct branch *branch, uint32_t i, uint32_t *ret_first)
{
	*ret_first = branch->roots[i];
	return end_of_root(branch, i) - *ret_first;
}

static struct node *root_at(const struct branch *branch, uint32_t i)
{
	return &branch->nodes[end_of_root(branch, i) - 1];
}

/* Drops the last of the roots, so that n of them are left. */
static void cut(struct branch *branch, uint32_t n_roots)
{
	if (n_roots == branch->n_roots)
		return;
	while (branch->n > branch->roots[n_roots]) {
		struct node *node = &branch->nodes[--branch->n];

		branch->n_bytes -= value_bytes(node);
		free(node->call.values);
	}
	branch->n_roots = n_roots;
}

void branch_fini(struct branch *branch)
{
	cut(branch, 0);
	free(branch->nodes);
	free(branch->roots);
	free(branch->taken);
	*branch = (struct branch){ 0 };
}

/* Has it have room for another node. */
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
	branch->n_bytes += (n - branch->n_room) * ROOM_BYTES;
	branch->n_room = n;
	return true;
}

/* The first of the roots that a call contains which has just ended: those after it are, too. */
static uint32_t first_within(const struct branch *branch, const struct ended_call *call)
{
	uint32_t i = branch->n_roots;

	while (i > 0 && root_at(branch, i - 1)->end_ns > call->start_ns)
		i--;
	return i;
}

/* Has a node stand for the last root, too, which it takes the place of. */
static void absorb(struct branch *branch, struct node *node)
{
	const struct node *before = root_at(branch, branch->n_roots - 1);

	free(node->call.values);
	node->call.values = NULL;
	node->call.is_more = true;
	node->call.is_unwound = false;
	node->call.function = NO_FUNCTION;
	node->call.self_ns = 0;
	node->call.start_ns = before->call.start_ns;
	node->call.duration_ns += before->call.duration_ns;
	node->n_calls += before->n_calls;
	node->call.n_more = node->n_calls;
	cut(branch, branch->n_roots - 1);
}

static uint32_t last_level(const struct branch *branch)
{
	return branch->n_roots ? root_at(branch, branch->n_roots - 1)->level : 0;
}

/*
 * Puts a call together with the one that it follows, within the same call; and, where calls are missing, with
 * those within one that is not known. So the levels of roots rise.
 */
static void put_together(struct branch *branch, struct node *node)
{
	while (last_level(branch) > node->level)
		absorb(branch, node);
	if (last_level(branch) == node->level)
		absorb(branch, node);
}

/* Adds a node, which contains the roots from the first on. 0 or -ENOMEM. */
static int push(struct branch *branch, uint32_t first, struct node *node, uint32_t n_at_most)
{
	for (uint32_t i = first; i < branch->n_roots; i++)
		node->n_calls += root_at(branch, i)->n_calls;
	if (branch->n >= n_at_most) {
		node->call.n_more = node->n_calls - 1;
		cut(branch, first);
	}
	if (branch->n >= n_at_most) {
		put_together(branch, node);
		first = branch->n_roots;
	}
	if (!make_room(branch)) {
		free(node->call.values);
		return -ENOMEM;
	}
	if (first == branch->n_roots)
		branch->roots[branch->n_roots] = branch->n;
	branch->n_roots = first + 1;
	node->n_nodes = branch->n + 1 - branch->roots[first];
	branch->nodes[branch->n++] = *node;
	branch->n_bytes += value_bytes(node);
	return 0;
}

/*
 * What calls took that are deeper than a call, and no part of another one that is known. If all of them ended
 * since it began, they are those directly within it; else calls are missing that some of them were in.
 */
static struct taken take_deeper(struct branch *branch, const struct ended_call *call)
{
	struct taken all = { .level = call->level, .first_end_ns = UINT64_MAX };

	for (; branch->n_taken; branch->n_taken--) {
		const struct taken *last = &branch->taken[branch->n_taken - 1];

		if (last->level <= call->level)
			break;
		all.sum_ns += last->sum_ns;
		if (last->first_end_ns < all.first_end_ns)
			all.first_end_ns = last->first_end_ns;
	}
	return all;
}

/* What those took that are within a call, by the nodes: of which some may stand for more than that. */
static uint64_t sum_of_roots(const struct branch *branch, uint32_t first)
{
	uint64_t sum_ns = 0;

	for (uint32_t i = first; i < branch->n_roots; i++)
		sum_ns += root_at(branch, i)->call.duration_ns;
	return sum_ns;
}

/* Adds what calls of a level took. 0 or -ENOMEM. */
static int note_taken(struct branch *branch, const struct taken *more)
{
	struct taken *last = branch->n_taken ? &branch->taken[branch->n_taken - 1] : NULL;

	if (last && last->level == more->level) {
		last->sum_ns += more->sum_ns;
		return 0;
	}
	if (branch->n_taken == branch->n_taken_room) {
		uint32_t n = branch->n_taken_room ? 2 * branch->n_taken_room : MIN_ROOM;
		struct taken *grown = reallocarray(branch->taken, n, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		branch->taken = grown;
		branch->n_bytes += (n - branch->n_taken_room) * sizeof(*grown);
		branch->n_taken_room = n;
	}
	branch->taken[branch->n_taken++] = *more;
	return 0;
}

static struct node node_of(const struct ended_call *call, uint64_t self_ns)
{
	return (struct node){
		.call = {
			.start_ns = call->start_ns,
			.duration_ns = call->duration_ns,
			.self_ns = self_ns,
			.is_unwound = call->is_unwound,
			.function = call->function,
			.caller = call->caller,
			.values = call->values,
		},
		.end_ns = call->start_ns + call->duration_ns,
		.level = call->level,
		.n_calls = 1,
	};
}

int branch_add(struct branch *branch, const struct ended_call *call, uint32_t n_at_most,
	       uint64_t *ret_self_ns, uint32_t *ret_n_before)
{
	uint64_t end_ns = call->start_ns + call->duration_ns, within_ns;
	struct taken taken = take_deeper(branch, call);
	struct node node;
	int err;

	*ret_n_before = first_within(branch, call);
	within_ns = taken.first_end_ns > call->start_ns ? taken.sum_ns
							: sum_of_roots(branch, *ret_n_before);
	*ret_self_ns = within_ns < call->duration_ns ? call->duration_ns - within_ns : 0;
	node = node_of(call, *ret_self_ns);
	/* What is not within it is within whatever it is within itself, as all of it is if it is left out. */
	if (!call->is_left_out)
		taken.sum_ns +=
			call->duration_ns - (within_ns < taken.sum_ns ? within_ns : taken.sum_ns);
	if (end_ns < taken.first_end_ns)
		taken.first_end_ns = end_ns;
	err = note_taken(branch, &taken);
	if (!err && !call->is_left_out)
		return push(branch, *ret_n_before, &node, n_at_most);
	free(call->values);
	return err;
}
