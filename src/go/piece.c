/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/piece.h"

#include "go/wire.h"

/*
 * How a location's pieces fit a value.
 *
 * Go's compiler takes a value apart into its leaves, such as a string's pointer and length or the
 * fields of a struct, and keeps each of them in a place of its own (cmd/compile/internal/ssa,
 * decompose.go; in registers, cmd/compile/abi-internal.md). In DWARF an optimised function lists
 * its leaves without the padding between them, though a piece's place in the value should follow
 * from the pieces before it (ssa/debug.go); on the stack it lists only those that the function ever
 * uses, and if that is one, as though it were the whole value. An unoptimised one lists the padding
 * as well, which Go 1.19 gets wrong.
 *
 * So pieces are matched with leaves by their sizes, and what is on the stack also by the distances:
 * there a value is in one place. An array of more than one element has no leaves; it is on the
 * stack, and whole.
 */
enum {
	MAX_LEAVES = GO_MAX_PIECES / 2 - 1, /* with padding around them */
	MAX_STEPS = 256,
	WORD_BYTES = 8,
};

struct leaf {
	uint64_t off, n_bytes;
};

/* A walk through a value, part by part. */
struct walk {
	struct leaf leaves[MAX_LEAVES];
	int n_leaves;
	uint64_t align;
	bool is_opaque; /* it has parts that are not taken apart */
	struct {
		const struct go_type *type;
		uint64_t off;
		uint32_t next;
	} stack[GO_MAX_DEPTH];
	int n;
};

static void add_leaves(struct walk *walk, uint64_t off, uint64_t n_bytes, int n)
{
	if (n_bytes > walk->align)
		walk->align = n_bytes;
	for (int i = 0; i < n; i++) {
		if (walk->n_leaves == MAX_LEAVES) {
			walk->is_opaque = true;
			return;
		}
		walk->leaves[walk->n_leaves++] = (struct leaf){ off + i * n_bytes, n_bytes };
	}
}

static void enter(struct walk *walk, const struct go_type *type, uint64_t off)
{
	switch (type->kind) {
	case GO_UNKNOWN:
		walk->is_opaque = true;
		return;
	case GO_COMPLEX64:
	case GO_COMPLEX128:
		add_leaves(walk, off, type->n_bytes / 2, 2);
		return;
	case GO_STRING:
	case GO_SLICE:
	case GO_INTERFACE:
		add_leaves(walk, off, WORD_BYTES, type->n_bytes / WORD_BYTES);
		return;
	case GO_ARRAY:
		walk->is_opaque |= type->n_elements > 1;
		/* fallthrough */
	case GO_STRUCT:
		walk->stack[walk->n].type = type;
		walk->stack[walk->n].off = off;
		walk->stack[walk->n++].next = 0;
		return;
	default:
		add_leaves(walk, off, type->n_bytes, 1);
	}
}

/* Goes on to the next part of what is on top of the stack, or leaves that. */
static void step(struct walk *walk, const struct go_types *types)
{
	const struct go_type *type = walk->stack[walk->n - 1].type;
	uint64_t off = walk->stack[walk->n - 1].off;
	uint32_t i = walk->stack[walk->n - 1].next++;

	if (type->kind == GO_STRUCT && i < type->n_fields) {
		const struct go_field *field = &types->fields[type->first_field + i];

		enter(walk, &types->types[field->type], off + field->off);
	} else if (type->kind == GO_ARRAY && i == 0 && type->n_elements > 0) {
		enter(walk, &types->types[type->element], off);
	} else {
		walk->n--;
	}
}

static void walk_value(struct walk *walk, const struct go_types *types, uint32_t type)
{
	*walk = (struct walk){ .align = 1 };
	enter(walk, &types->types[type], 0);
	for (int i = 0; walk->n > 0; i++) {
		if (i == MAX_STEPS || walk->n == GO_MAX_DEPTH) {
			walk->is_opaque = true;
			return;
		}
		step(walk, types);
	}
}

uint64_t go_type_align(const struct go_types *types, uint32_t type)
{
	struct walk walk;

	walk_value(&walk, types, type);
	return walk.align;
}

bool go_type_has_leaves(const struct go_types *types, uint32_t type)
{
	struct walk walk;

	walk_value(&walk, types, type);
	return !walk.is_opaque && walk.n_leaves > 0;
}

/* Pieces with their places in the value. */
struct fit {
	const struct walk *walk;
	struct {
		uint64_t value_off;
		struct go_piece piece;
	} parts[GO_MAX_PIECES];
	uint32_t n;
};

static void add_part(struct fit *fit, uint64_t value_off, const struct go_piece *piece,
		     uint64_t n_bytes)
{
	fit->parts[fit->n].value_off = value_off;
	fit->parts[fit->n].piece = *piece;
	fit->parts[fit->n++].piece.n_bytes = n_bytes;
}

/* Is there a piece for each leaf, in their order? */
static bool fit_leaves(struct fit *fit, const struct go_location *location, bool has_padding)
{
	const struct walk *walk = fit->walk;
	int n = 0;

	fit->n = 0;
	for (uint32_t i = 0; i < location->n_pieces; i++) {
		const struct go_piece *piece = &location->pieces[i];

		if (has_padding && piece->place == GO_PIECE_NOWHERE)
			continue;
		if (n == walk->n_leaves || piece->n_bytes != walk->leaves[n].n_bytes)
			return false;
		add_part(fit, walk->leaves[n++].off, piece, piece->n_bytes);
	}
	return n == walk->n_leaves;
}

/* Do the pieces make up the value as DWARF has it, one behind the other? */
static bool fit_sum(struct fit *fit, const struct go_location *location, uint64_t n_bytes)
{
	uint64_t off = 0;

	fit->n = 0;
	for (uint32_t i = 0; i < location->n_pieces; i++) {
		const struct go_piece *piece = &location->pieces[i];

		if (piece->n_bytes > n_bytes - off)
			return false;
		add_part(fit, off, piece, piece->n_bytes);
		off += piece->n_bytes;
	}
	return off == n_bytes;
}

static const struct leaf *leaf_at(const struct walk *walk, uint64_t off, uint64_t n_bytes)
{
	for (int i = 0; i < walk->n_leaves; i++)
		if (walk->leaves[i].off == off && (!n_bytes || walk->leaves[i].n_bytes == n_bytes))
			return &walk->leaves[i];
	return NULL;
}

/* Are the pieces leaves of a value at that place on the stack? */
static bool fit_stack(struct fit *fit, const struct go_location *location, int64_t stack_off)
{
	uint64_t least_off = 0;

	fit->n = 0;
	for (uint32_t i = 0; i < location->n_pieces; i++) {
		const struct go_piece *piece = &location->pieces[i];
		const struct leaf *leaf;

		if (piece->place == GO_PIECE_NOWHERE)
			continue;
		leaf = leaf_at(fit->walk, piece->off - stack_off, piece->n_bytes);
		if (piece->place != GO_PIECE_STACK || !leaf || leaf->off < least_off)
			return false;
		add_part(fit, leaf->off, piece, leaf->n_bytes);
		least_off = leaf->off + leaf->n_bytes;
	}
	return fit->n > 0;
}

/*
 * The only place on the stack where the value can be or, of several, the one behind its
 * predecessor.
 */
static bool find_on_stack(struct fit *fit, const struct go_location *location)
{
	const struct walk *walk = fit->walk;
	int64_t found = 0;
	int n = 0;

	if (location->pieces[0].place != GO_PIECE_STACK)
		return false;
	for (int i = 0; i < walk->n_leaves; i++) {
		int64_t stack_off = location->pieces[0].off - (int64_t)walk->leaves[i].off;

		if (stack_off < 0 || stack_off % (int64_t)walk->align ||
		    !fit_stack(fit, location, stack_off))
			continue;
		if (stack_off == (int64_t)location->stack_off)
			return true;
		found = stack_off;
		n++;
	}
	return n == 1 && fit_stack(fit, location, found);
}

static bool find_fit(struct fit *fit, const struct go_location *location, uint64_t n_bytes)
{
	const struct go_piece *first = &location->pieces[0];
	const struct walk *walk = fit->walk;

	if (first->n_bytes > 0)
		return fit_leaves(fit, location, false) || fit_leaves(fit, location, true) ||
		       fit_sum(fit, location, n_bytes) || find_on_stack(fit, location);
	if (!walk->is_opaque && walk->n_leaves == 1) {
		add_part(fit, walk->leaves[0].off, first, walk->leaves[0].n_bytes);
		return true;
	}
	if (location->is_listed && !walk->is_opaque && walk->n_leaves > 0)
		return find_on_stack(fit, location);
	if (first->place != GO_PIECE_STACK)
		return false;
	add_part(fit, 0, first, n_bytes);
	return true;
}

/* Appends a piece, to the last one where it goes on from that. */
static uint32_t append(struct go_piece *pieces, uint32_t n, const struct go_piece *piece)
{
	struct go_piece *last = n > 0 ? &pieces[n - 1] : NULL;
	bool goes_on = last && last->place == piece->place &&
		       (piece->place == GO_PIECE_NOWHERE ||
			(piece->place == GO_PIECE_STACK &&
			 last->off + (int64_t)last->n_bytes == piece->off));

	if (piece->n_bytes == 0)
		return n;
	if (goes_on) {
		last->n_bytes += piece->n_bytes;
		return n;
	}
	pieces[n] = *piece;
	return n + 1;
}

uint32_t go_pieces_fit(const struct go_types *types, const struct go_location *location,
		       struct go_piece ret[GO_MAX_PIECES])
{
	uint64_t n_bytes = types->types[location->type].n_bytes, off = 0;
	struct go_piece nowhere = { .place = GO_PIECE_NOWHERE };
	struct walk walk;
	struct fit fit = { .walk = &walk };
	uint32_t n = 0;

	walk_value(&walk, types, location->type);
	if (location->n_pieces == 0 || n_bytes == 0 || !find_fit(&fit, location, n_bytes))
		return 0;
	for (uint32_t i = 0; i < fit.n; i++) {
		nowhere.n_bytes = fit.parts[i].value_off - off;
		n = append(ret, n, &nowhere);
		n = append(ret, n, &fit.parts[i].piece);
		off = fit.parts[i].value_off + fit.parts[i].piece.n_bytes;
	}
	nowhere.n_bytes = n_bytes - off;
	return append(ret, n, &nowhere);
}
