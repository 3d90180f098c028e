/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_INLINE_RECORD_H
#define GOTRACED_GO_INLINE_RECORD_H

#include "go/pclntab.h"

/*
 * A record of an inline tree, which is an array with one for each call inlined into a function
 * (runtime/symtab.go, from Go 1.21 on runtime/symtabinl.go: inlinedCall).
 */
struct inline_record {
	const char *name; /* of what was called; lives as long as the table */
	uint32_t parent_off; /* of an instruction that the line with the call has, from the start of
				the function; what is so of it is so of the caller */
	bool is_wrapper; /* made by the compiler */
};

enum { INLINE_RECORD_MAX_BYTES = 20 };

/* How long records are, by the Go release. */
uint32_t inline_record_bytes(const struct pclntab *table);

/* Reads the record that bytes begin with; false when it is cut off or its name is damaged. */
bool inline_record_parse(const struct pclntab *table, struct span bytes, struct inline_record *ret);

#endif
