/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/inline_record.h"

/*
 * Up to Go 1.19 a record has the index of its parent in front, and the file and line of the call,
 * which the runtime does not look at; from 1.20 on it has the line that the function begins at
 * instead, behind all others. Offsets are in bytes.
 */
struct layout {
	uint8_t id, name, parent_off, n_bytes;
};

static const struct layout *layout_of(const struct pclntab *table)
{
	static const struct layout with_parent = { 2, 12, 16, 20 }, without = { 0, 4, 8, 16 };

	return table->go_minor >= 20 ? &without : &with_parent;
}

uint32_t inline_record_bytes(const struct pclntab *table)
{
	return layout_of(table)->n_bytes;
}

bool inline_record_parse(const struct pclntab *table, struct span bytes, struct inline_record *ret)
{
	const struct layout *layout = layout_of(table);
	uint32_t name_off;
	uint8_t id;

	if (!span_u8(bytes, layout->id, &id) || !span_u32(bytes, layout->name, &name_off) ||
	    !span_u32(bytes, layout->parent_off, &ret->parent_off))
		return false;
	ret->name = span_name(table->names, name_off);
	ret->is_wrapper = ret->name && pclntab_is_wrapper(table, id, ret->name);
	return ret->name != NULL;
}
