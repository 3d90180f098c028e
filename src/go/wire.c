/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/wire.h"

#include <stdlib.h>

#include "go/apart.h"

const size_t wire_record_bytes[N_WIRE_ARRAYS] = {
	[WIRE_SIGNATURES] = sizeof(struct wire_signature),
	[WIRE_VARIABLES] = sizeof(struct wire_variable),
	[WIRE_PIECES] = sizeof(struct wire_piece),
	[WIRE_TYPES] = sizeof(struct wire_type),
	[WIRE_FIELDS] = sizeof(struct wire_field),
	[WIRE_NAMES] = 1,
};

/* So that one array after the other is aligned. */
_Static_assert(sizeof(struct wire_header) % 8 == 0, "aligned records");
_Static_assert(sizeof(struct wire_signature) % 8 == 0, "aligned records");
_Static_assert(sizeof(struct wire_variable) % 8 == 0, "aligned records");
_Static_assert(sizeof(struct wire_piece) % 8 == 0, "aligned records");
_Static_assert(sizeof(struct wire_type) % 8 == 0, "aligned records");
_Static_assert(sizeof(struct wire_field) % 8 == 0, "aligned records");

enum { MAX_RECORD_BYTES = 64, FIRST_ROOM = 256 };

static bool make_room(struct wire_out *out, enum wire_array array, size_t n)
{
	size_t n_room = out->arrays[array].n_room ? out->arrays[array].n_room : FIRST_ROOM;
	void *records;

	while (n_room - out->arrays[array].n < n)
		n_room *= 2;
	if (n_room == out->arrays[array].n_room)
		return true;
	records = reallocarray(out->arrays[array].records, n_room, wire_record_bytes[array]);
	if (!records) {
		out->has_failed = true;
		return false;
	}
	out->arrays[array].records = records;
	out->arrays[array].n_room = n_room;
	return true;
}

void *wire_add(struct wire_out *out, enum wire_array array)
{
	static _Alignas(8) uint8_t nowhere[MAX_RECORD_BYTES];
	size_t n_bytes = wire_record_bytes[array];
	void *record = nowhere;

	if (make_room(out, array, 1))
		record = out->arrays[array].records + n_bytes * out->arrays[array].n++;
	return memset(record, 0, n_bytes);
}

uint32_t wire_add_name(struct wire_out *out, const char *name)
{
	size_t n_bytes = strlen(name) + 1, at = out->arrays[WIRE_NAMES].n;

	if (make_room(out, WIRE_NAMES, n_bytes)) {
		memcpy(out->arrays[WIRE_NAMES].records + at, name, n_bytes);
		out->arrays[WIRE_NAMES].n += n_bytes;
	}
	return at;
}

bool wire_write(const struct wire_out *out, int to)
{
	struct wire_header header = { .is_cut = out->is_cut };
	bool is_whole;

	for (size_t i = 0; i < N_WIRE_ARRAYS; i++)
		header.counts[i] = out->arrays[i].n;
	is_whole = !out->has_failed && apart_write(to, &header, sizeof(header));
	for (size_t i = 0; is_whole && i < N_WIRE_ARRAYS; i++)
		is_whole = apart_write(to, out->arrays[i].records,
				       out->arrays[i].n * wire_record_bytes[i]);
	return is_whole;
}

static void set_arrays(struct wire *wire, const void *arrays[N_WIRE_ARRAYS],
		       const uint64_t counts[N_WIRE_ARRAYS])
{
	*wire = (struct wire){
		.signatures = arrays[WIRE_SIGNATURES],
		.variables = arrays[WIRE_VARIABLES],
		.pieces = arrays[WIRE_PIECES],
		.types = arrays[WIRE_TYPES],
		.fields = arrays[WIRE_FIELDS],
		.names = { arrays[WIRE_NAMES], counts[WIRE_NAMES] },
		.n_signatures = counts[WIRE_SIGNATURES],
		.n_variables = counts[WIRE_VARIABLES],
		.n_pieces = counts[WIRE_PIECES],
		.n_types = counts[WIRE_TYPES],
		.n_fields = counts[WIRE_FIELDS],
	};
}

bool wire_open(struct wire *wire, struct span bytes)
{
	const void *arrays[N_WIRE_ARRAYS];
	struct wire_header header;
	uint64_t at = sizeof(header);

	if (!span_copy(bytes, 0, &header, sizeof(header)) || header.is_cut > 1)
		return false;
	for (size_t i = 0; i < N_WIRE_ARRAYS; i++) {
		uint64_t n_bytes;

		if (__builtin_mul_overflow(header.counts[i], wire_record_bytes[i], &n_bytes) ||
		    !span_has(bytes, at, n_bytes))
			return false;
		arrays[i] = bytes.data + at;
		at += n_bytes;
	}
	if (at != bytes.n_bytes)
		return false;
	set_arrays(wire, arrays, header.counts);
	wire->is_cut = header.is_cut;
	return true;
}

void wire_view(struct wire *wire, const struct wire_out *out)
{
	const void *arrays[N_WIRE_ARRAYS];
	uint64_t counts[N_WIRE_ARRAYS];

	for (size_t i = 0; i < N_WIRE_ARRAYS; i++) {
		arrays[i] = out->arrays[i].records;
		counts[i] = out->arrays[i].n;
	}
	set_arrays(wire, arrays, counts);
	wire->is_cut = out->is_cut;
}
