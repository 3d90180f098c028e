/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/shape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	WORD = 8,
	ITAB_TYPE_OFF = 8, /* runtime.itab._type, abi.ITab.Type: Go 1.15 to 1.27 */
	MAX_DEPTH = 6, /* of values within values */
	MAX_POINTERS = 1, /* that are followed one after the other */
	MAX_TARGET_BYTES = 256,
	MAX_FIELDS = 64,
	MAX_NESTED = 2, /* errors within errors */
	CHAN_WORDS = 2, /* its length and capacity: runtime.hchan.qcount and dataqsiz */
};

void shapes_fini(struct shapes *shapes)
{
	free(shapes->at);
	free(shapes->dynamics);
	*shapes = (struct shapes){ 0 };
}

/* What is being made, and how deep in it we are. */
struct making {
	struct shapes *shapes;
	const struct go_types *types;
	struct steps *steps;
};

struct nesting {
	int depth, n_pointers;
};

static int grow(void **array, size_t n, size_t *n_room, size_t n_more, size_t element_bytes)
{
	size_t n_wanted = *n_room ? *n_room : 16;
	void *grown;

	while (n_wanted < n + n_more)
		n_wanted *= 2;
	if (n_wanted == *n_room)
		return 0;
	grown = reallocarray(*array, n_wanted, element_bytes);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	*n_room = n_wanted;
	return 0;
}

/* So many beside each other. */
static int add_shapes(struct shapes *shapes, size_t n, uint32_t *ret)
{
	int err = grow((void **)&shapes->at, shapes->n, &shapes->n_room, n, sizeof(*shapes->at));

	if (err)
		return err;
	*ret = (uint32_t)shapes->n;
	for (size_t i = 0; i < n; i++)
		shapes->at[shapes->n++] =
			(struct shape){ .content_at = FETCH_NOWHERE, .dynamic = SHAPE_NONE };
	return 0;
}

/* The shapes within another one; SHAPE_NONE when there are too many. */
static int add_children(struct shapes *shapes, uint32_t shape, uint32_t n, uint32_t *ret)
{
	int err;

	*ret = SHAPE_NONE;
	if (shapes->n + n > SHAPES_MAX)
		return 0;
	err = add_shapes(shapes, n, ret);
	if (err)
		return err;
	shapes->at[shape].first_child = *ret;
	shapes->at[shape].n_children = n;
	return 0;
}

/* What is taken is taken whole; without room for it, there is one step less. */
static bool take(struct steps *steps, struct fetch_step step, uint64_t n_room, uint16_t *ret_at)
{
	const struct steps before = *steps;

	if (steps_make_room(steps, n_room, &step.to) == 0 && steps_add(steps, &step) == 0) {
		*ret_at = step.to;
		return true;
	}
	*steps = before;
	return false;
}

static bool take_target(struct steps *steps, uint16_t base_at, int64_t off, uint64_t n_bytes,
			uint16_t *ret_at)
{
	const struct fetch_step step = {
		.kind = FETCH_MEMORY,
		.base_at = base_at,
		.n_bytes = (uint16_t)n_bytes,
		.off = off,
	};

	return take(steps, step, n_bytes, ret_at);
}

static bool take_elements(struct steps *steps, uint16_t at, uint64_t element_bytes, uint32_t n,
			  uint16_t *ret_at)
{
	const struct fetch_step step = {
		.kind = FETCH_ELEMENTS,
		.base_at = at,
		.count_at = (uint16_t)(at + WORD),
		.n_bytes = (uint16_t)element_bytes,
		.max_count = n,
	};

	return take(steps, step, n * element_bytes, ret_at);
}

/* Does a value of the type lead to something beside its own bytes? */
static bool leads_on(const struct go_types *types, uint32_t type, int depth)
{
	const struct go_type *of = &types->types[type];

	/* There may be any number of parts without bytes, but none of them leads anywhere. */
	if (depth == MAX_DEPTH || of->n_bytes == 0)
		return false;
	switch (of->kind) {
	case GO_STRING:
	case GO_SLICE:
	case GO_POINTER:
	case GO_INTERFACE:
	case GO_MAP:
	case GO_CHAN:
	case GO_FUNC:
		return true;
	case GO_ARRAY:
		return of->element != GO_TYPE_NONE && leads_on(types, of->element, depth + 1);
	case GO_STRUCT:
		for (uint32_t i = 0; i < of->n_fields && i < MAX_FIELDS; i++)
			if (leads_on(types, types->fields[of->first_field + i].type, depth + 1))
				return true;
		return false;
	default:
		return false;
	}
}

static int make(struct making *making, uint32_t shape, uint32_t type, uint16_t at,
		struct nesting nesting);

static int make_fields(struct making *making, uint32_t shape, const struct go_type *of, uint16_t at,
		       struct nesting nesting)
{
	uint32_t n = of->n_fields < MAX_FIELDS ? of->n_fields : MAX_FIELDS, first;
	int err = add_children(making->shapes, shape, n, &first);

	if (err || first == SHAPE_NONE)
		return err;
	for (uint32_t i = 0; i < n && !err; i++) {
		const struct go_field *field = &making->types->fields[of->first_field + i];

		err = make(making, first + i, field->type, (uint16_t)(at + field->off), nesting);
	}
	return err;
}

static int make_elements(struct making *making, uint32_t shape, uint32_t element, uint16_t at,
			 uint64_t n, struct nesting nesting)
{
	uint64_t n_bytes = making->types->types[element].n_bytes;
	uint32_t first;
	int err;

	if (n > SHAPE_ELEMENTS)
		n = SHAPE_ELEMENTS;
	err = add_children(making->shapes, shape, (uint32_t)n, &first);
	if (err || first == SHAPE_NONE)
		return err;
	for (uint32_t i = 0; i < n && !err; i++)
		err = make(making, first + i, element, (uint16_t)(at + i * n_bytes), nesting);
	return err;
}

/* The deeper in a value, the less of a string: there are the more of them. */
static uint32_t string_bytes(int depth)
{
	return depth <= 1   ? SHAPE_STRING_BYTES
	       : depth == 2 ? SHAPE_STRING_BYTES / 2
			    : SHAPE_STRING_BYTES / 4;
}

static int make_slice(struct making *making, uint32_t shape, const struct go_type *of, uint16_t at,
		      struct nesting nesting)
{
	uint64_t n_bytes =
		of->element == GO_TYPE_NONE ? 0 : making->types->types[of->element].n_bytes;
	uint32_t n = n_bytes == 1 ? string_bytes(nesting.depth) : SHAPE_ELEMENTS;
	uint16_t content_at;

	if (n_bytes == 0 || n_bytes > FETCH_MAX_STEP_BYTES)
		return 0;
	while (n > 1 && n * n_bytes > FETCH_MAX_STEP_BYTES)
		n /= 2;
	if (!take_elements(making->steps, at, n_bytes, n, &content_at))
		return 0;
	making->shapes->at[shape].content_at = content_at;
	making->shapes->at[shape].room = n;
	return leads_on(making->types, of->element, nesting.depth)
		       ? make_elements(making, shape, of->element, content_at, n, nesting)
		       : 0;
}

static int make_pointer(struct making *making, uint32_t shape, const struct go_type *of,
			uint16_t at, struct nesting nesting)
{
	uint64_t n_bytes =
		of->element == GO_TYPE_NONE ? 0 : making->types->types[of->element].n_bytes;
	uint16_t content_at;
	uint32_t target;
	int err;

	if (n_bytes == 0 || n_bytes > MAX_TARGET_BYTES || nesting.n_pointers++ == MAX_POINTERS ||
	    !take_target(making->steps, at, 0, n_bytes, &content_at))
		return 0;
	err = add_children(making->shapes, shape, 1, &target);
	if (err || target == SHAPE_NONE)
		return err;
	making->shapes->at[shape].content_at = content_at;
	return make(making, target, of->element, content_at, nesting);
}

static void take_string(struct steps *steps, uint16_t at, uint32_t n_bytes, uint16_t *ret_at)
{
	if (!take_elements(steps, at, 1, n_bytes, ret_at))
		*ret_at = FETCH_NOWHERE;
}

/* Of an interface whose two words are at a place in the capture. */
static int make_dynamic(struct making *making, uint16_t at, bool has_methods, bool is_error,
			int depth, uint32_t *ret)
{
	struct shapes *shapes = making->shapes;
	struct steps *steps = making->steps;
	/* Behind a value there may be no memory: so what is surely in one is not taken with the rest. */
	static const uint8_t pieces[] = { WORD, WORD, 2 * WORD, 2 * WORD };
	struct dynamic of = { .type_at = at, .nested = SHAPE_NONE };
	uint16_t off = 0;
	int err = grow((void **)&shapes->dynamics, shapes->n_dynamics, &shapes->n_dynamics_room, 1,
		       sizeof(*shapes->dynamics));
	uint32_t index = (uint32_t)shapes->n_dynamics;

	if (err)
		return err;
	of.string_at[0] = of.string_at[1] = FETCH_NOWHERE;
	of.n_data_bytes = depth < MAX_NESTED ? SHAPE_DYNAMIC_BYTES : 2 * WORD;
	if ((has_methods && !take_target(steps, at, ITAB_TYPE_OFF, WORD, &of.type_at)) ||
	    steps_make_room(steps, of.n_data_bytes, &of.data_at))
		return 0;
	for (size_t i = 0; i < sizeof(pieces) && off < of.n_data_bytes; i++) {
		const struct fetch_step step = { .kind = FETCH_MEMORY,
						 .base_at = (uint16_t)(at + WORD),
						 .to = (uint16_t)(of.data_at + off),
						 .n_bytes = pieces[i],
						 .off = off };

		if (steps_add(steps, &step))
			return 0;
		off = (uint16_t)(off + pieces[i]);
	}
	take_string(steps, of.data_at, SHAPE_STRING_BYTES, &of.string_at[0]);
	if (is_error && of.n_data_bytes == SHAPE_DYNAMIC_BYTES)
		take_string(steps, (uint16_t)(of.data_at + 2 * WORD), SHAPE_STRING_BYTES,
			    &of.string_at[1]);
	shapes->dynamics[shapes->n_dynamics++] = of;
	*ret = index;
	if (!is_error || of.n_data_bytes < SHAPE_DYNAMIC_BYTES)
		return 0;
	err = make_dynamic(making, (uint16_t)(of.data_at + 4 * WORD), true, true, depth + 1,
			   &of.nested);
	shapes->dynamics[index].nested = of.nested;
	return err;
}

static int make_interface(struct making *making, uint32_t shape, const struct go_type *of,
			  uint16_t at, struct nesting nesting)
{
	bool is_error = strcmp(of->name, "error") == 0;
	uint32_t dynamic = SHAPE_NONE;
	int err = make_dynamic(making, at, of->has_methods, is_error,
			       nesting.depth == 0 ? 0 : MAX_NESTED - 1, &dynamic);

	making->shapes->at[shape].dynamic = dynamic;
	return err;
}

/* The head of what a map, chan or func points to. */
static void make_head(struct making *making, uint32_t shape, uint16_t at, size_t n_words)
{
	uint16_t content_at;

	if (take_target(making->steps, at, 0, n_words * WORD, &content_at))
		making->shapes->at[shape].content_at = content_at;
}

static int make(struct making *making, uint32_t shape, uint32_t type, uint16_t at,
		struct nesting nesting)
{
	const struct go_type *of = &making->types->types[type];
	struct shape *made = &making->shapes->at[shape];

	made->type = type;
	made->at = at;
	if (nesting.depth == MAX_DEPTH)
		return 0;
	nesting.depth++;
	switch (of->kind) {
	case GO_STRUCT:
		return leads_on(making->types, type, 0)
			       ? make_fields(making, shape, of, at, nesting)
			       : 0;
	case GO_ARRAY:
		return leads_on(making->types, type, 0) ? make_elements(making, shape, of->element,
									at, of->n_elements, nesting)
							: 0;
	case GO_STRING:
		made->room = string_bytes(nesting.depth);
		take_string(making->steps, at, made->room, &made->content_at);
		return 0;
	case GO_SLICE:
		return make_slice(making, shape, of, at, nesting);
	case GO_POINTER:
		return make_pointer(making, shape, of, at, nesting);
	case GO_INTERFACE:
		nesting.depth--;
		return make_interface(making, shape, of, at, nesting);
	case GO_MAP:
	case GO_FUNC:
		make_head(making, shape, at, 1);
		return 0;
	case GO_CHAN:
		make_head(making, shape, at, CHAN_WORDS);
		return 0;
	default:
		return 0;
	}
}

int shapes_add(struct shapes *shapes, const struct go_types *types, uint32_t type, uint16_t at,
	       struct steps *steps, uint32_t *ret)
{
	struct making making = { shapes, types, steps };
	int err = add_shapes(shapes, 1, ret);

	return err ? err : make(&making, *ret, type, at, (struct nesting){ 0 });
}
