/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_PCVALUE_H
#define GOTRACED_GO_PCVALUE_H

#include "go/span.h"

/*
 * A pc-value table: what is so at each instruction of a function, such as the size of its frame or
 * the inlined call that the instruction belongs to. It is a list of pairs in Go's varint coding, a
 * zigzag-coded difference of values and a difference of addresses, closed by a 0; the first value
 * counts from -1 (cmd/internal/obj/pcln.go, runtime/symtab.go:step).
 *
 * pctab holds the tables of all functions, at is where one begins; the function lies at [va,
 * end_va). No table begins at 0: that stands for none.
 */

/* The value at an instruction; false when the table does not reach it. */
bool pcvalue_at(struct span pctab, uint64_t at, uint64_t va, uint64_t end_va, uint64_t insn_va,
		int32_t *ret);

/* The largest value; -1 when there is none above. */
int32_t pcvalue_largest(struct span pctab, uint64_t at, uint64_t va, uint64_t end_va);

#endif
