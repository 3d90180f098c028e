/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_EMIT_PLACE_H
#define GOTRACED_EMIT_PLACE_H

#include "emit/bpftrace.h"

/*
 * How bpftrace is told where to probe
 * ===================================
 *
 * uprobe:"FILE":NUMBER, where the number means one thing or another (bpftrace 0.17 to 0.27,
 * AttachedProbe::resolve_offset_uprobe()). If a symbol of the file reaches over that address, it is
 * an address. That is safe, says bpftrace, and so it looks whether an instruction begins there. If
 * there is no such symbol, it is an offset in the file: bpftrace takes it with --unsafe only, and
 * warns of it.
 *
 * Debian 12's bpftrace (0.17) was built without what that look takes, and refuses every address that
 * is not the start of a symbol, --unsafe or not. Offsets are what all versions take, in programs with
 * symbols as well, as long as no symbol's addresses have the same numbers. Go's linker puts programs
 * at 0x400000, so that the offsets in one with less than 4 MB of code lie below all its addresses.
 * In a larger one, or one at address 0, they do not: if it has symbols, it is probed by address, and
 * Debian 12's bpftrace cannot do it. If it is stripped, few symbols are left, those for dynamic
 * linking; but a function whose offset is the address of such a one cannot be told at all.
 */
enum place_kind {
	PLACE_OFFSET,
	PLACE_ADDRESS,
	PLACE_NONE, /* there are symbols, but not such as lead to the place */
};

/*
 * How to tell the sites of each of the plan's functions: by offsets where that will do for all of
 * them, else by addresses where there are such, so that few scripts need both. An array for the
 * caller to free; what it has for functions that are refused means nothing. -EINVAL where a symbol
 * table is damaged, -ENOMEM.
 */
int place_choose(const struct plan *plan, enum place_kind **ret, struct reason *why);

/* -ENOTSUP for a path that bpftrace would take for something else. */
int place_check_path(const char *path, struct reason *why);

/* Prints uprobe:"PATH":0xNUMBER. */
void place_print(FILE *to, const struct emit_program *program, enum place_kind kind, uint64_t va);

#endif
