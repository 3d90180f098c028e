/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/dwarf_signatures.h"

#include <dwarf.h>
#include <stdlib.h>

#include "go/dwarf_place.h"
#include "go/dwarf_types.h"
#include "go/signature.h"

enum { MAX_RANGES = 1 << 24 }; /* of a compilation unit */

struct wanted {
	uint64_t va;
	uint32_t index;
};

struct job {
	struct dwarf_reader reader;
	struct dwarf_types types;
	struct wire_out out;
	struct wanted *wanted; /* by ascending address */
	size_t n, n_left;
};

static int compare_wanted(const void *a, const void *b)
{
	uint64_t left = ((const struct wanted *)a)->va, right = ((const struct wanted *)b)->va;

	return (left > right) - (left < right);
}

static bool note_wanted(struct job *job, const struct dwarf_wanted *wanted)
{
	job->wanted = calloc(wanted->n, sizeof(*job->wanted));
	if (!job->wanted)
		return false;
	for (size_t i = 0; i < wanted->n; i++) {
		job->wanted[i] = (struct wanted){ wanted->vas[i], i };
		wire_add(&job->out, WIRE_SIGNATURES);
	}
	job->n = job->n_left = wanted->n;
	qsort(job->wanted, job->n, sizeof(*job->wanted), compare_wanted);
	return !job->out.has_failed;
}

/* The first one wanted at an address or behind it; the number of all when there is none. */
static size_t first_wanted(const struct job *job, uint64_t va)
{
	size_t low = 0, high = job->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (job->wanted[middle].va < va)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Has the unit code at an address that is wanted? */
static bool has_wanted(const struct job *job, Dwarf_Die *unit)
{
	Dwarf_Addr base, start, end;
	ptrdiff_t at = 0;

	for (int i = 0; i < MAX_RANGES; i++) {
		size_t first;

		at = dwarf_ranges(unit, at, &base, &start, &end);
		if (at <= 0)
			return false;
		first = first_wanted(job, start);
		if (first < job->n && job->wanted[first].va < end)
			return true;
	}
	return false;
}

/* The variables of a function, as they are met. */
struct walk {
	struct job *job;
	uint64_t va; /* at which it begins */
	const char *result; /* the last one's name */
	size_t n;
};

/*
 * Up to Go 1.26 a result may be there twice, once as an unknown variable of the same name: when
 * deferred functions change it (cmd/compile/internal/dwarfgen, createDwarfVars).
 */
static bool is_repeated(struct walk *walk, Dwarf_Die *die, const char *name)
{
	const char *before = walk->result;

	walk->result = dwarf_reader_flag(die, DW_AT_variable_parameter) ? name : NULL;
	return walk->result && before && strcmp(before, name) == 0;
}

static bool add_variable(struct walk *walk, Dwarf_Die *die)
{
	const char *name = dwarf_reader_name(&walk->job->reader, die);
	struct wire_out *out = &walk->job->out;
	struct wire_variable variable;

	if (is_repeated(walk, die, name))
		return true;
	variable = (struct wire_variable){
		.name = wire_add_name(out, name ? name : "?"),
		.type = dwarf_types_index(&walk->job->types, die, DW_AT_type, true),
		.is_result = dwarf_reader_flag(die, DW_AT_variable_parameter),
		.first_piece = out->arrays[WIRE_PIECES].n,
	};
	dwarf_place_read(die, walk->va, out, &variable);
	*(struct wire_variable *)wire_add(out, WIRE_VARIABLES) = variable;
	return variable.type != GO_TYPE_NONE && walk->n++ < WIRE_MAX_VARIABLES;
}

/*
 * A function that is inlined elsewhere has two DIEs: what it is declared as, which blank parameters
 * and unnamed results are not a part of, and what is at its address. The latter has all of them, in
 * their order; those that the former has refer to it for all but their places.
 */
static bool add_variables(struct job *job, Dwarf_Die *function, uint64_t va)
{
	struct walk walk = { .job = job, .va = va };
	bool is_whole = true;
	Dwarf_Die child;

	if (dwarf_child(function, &child) != 0)
		return true;
	do
		if (dwarf_tag(&child) == DW_TAG_formal_parameter)
			is_whole = add_variable(&walk, &child);
	while (is_whole && dwarf_reader_next(&child));
	return is_whole;
}

/* A function of which not all can be told is not told of. */
static void add_signature(struct job *job, Dwarf_Die *function, size_t first)
{
	uint64_t va = job->wanted[first].va;
	struct wire_signature signature = { .is_found = true };
	size_t first_piece = job->out.arrays[WIRE_PIECES].n;

	signature.first_variable = job->out.arrays[WIRE_VARIABLES].n;
	if (!add_variables(job, function, va)) {
		job->out.arrays[WIRE_VARIABLES].n = signature.first_variable;
		job->out.arrays[WIRE_PIECES].n = first_piece;
		return;
	}
	signature.n_variables = job->out.arrays[WIRE_VARIABLES].n - signature.first_variable;
	for (size_t i = first; i < job->n && job->wanted[i].va == va; i++) {
		struct wire_signature *signatures =
			(struct wire_signature *)job->out.arrays[WIRE_SIGNATURES].records;

		signatures[job->wanted[i].index] = signature;
		job->n_left--;
	}
}

static void read_unit(struct job *job, Dwarf_Die *unit)
{
	const struct wire_signature *signatures =
		(const struct wire_signature *)job->out.arrays[WIRE_SIGNATURES].records;
	Dwarf_Die die;

	if (dwarf_child(unit, &die) != 0)
		return;
	do {
		Dwarf_Addr va;
		size_t first;

		if (dwarf_tag(&die) != DW_TAG_subprogram || dwarf_lowpc(&die, &va))
			continue;
		first = first_wanted(job, va);
		if (first < job->n && job->wanted[first].va == va &&
		    !signatures[job->wanted[first].index].is_found)
			add_signature(job, &die, first);
	} while (job->n_left > 0 && dwarf_reader_next(&die));
}

/*
 * False when not so much as one unit can be found, as when what is compressed cannot be unpacked.
 */
static bool read_units(struct job *job)
{
	Dwarf_CU *unit = NULL;
	bool is_found = false;
	Dwarf_Die die;

	while (job->n_left > 0 &&
	       dwarf_get_units(job->reader.dwarf, unit, &unit, NULL, NULL, &die, NULL) == 0) {
		is_found = true;
		if (dwarf_tag(&die) == DW_TAG_compile_unit && has_wanted(job, &die))
			read_unit(job, &die);
	}
	dwarf_types_describe(&job->types);
	return (is_found || job->n == 0) && !job->out.has_failed;
}

bool dwarf_signatures_answer(int fd, int to, const void *context)
{
	struct job job = { 0 };

	dwarf_types_init(&job.types, &job.reader, &job.out);
	return note_wanted(&job, context) && dwarf_reader_open(&job.reader, fd) &&
	       read_units(&job) && wire_write(&job.out, to);
}
