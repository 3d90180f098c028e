/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_RUNTIME_LAYOUT_H
#define GOTRACED_GO_RUNTIME_LAYOUT_H

#include "go/dwarf.h"
#include "go/elf_file.h"
#include "go/symtab.h"

/*
 * Where a program keeps its goroutines: how the runtime.g of the running goroutine is found, and
 * where in it the fields are that tracing reads. g.stack.hi is at 8 in every version.
 */
struct runtime_layout {
	uint16_t goid_off; /* of runtime.g.goid */
	bool is_assumed; /* nothing tells but that the version is newer than those known */
	bool is_g_in_r14; /* ABIInternal code, Go >= 1.17; assembly and older code keep it in
			     thread-local storage only */
	bool is_tls_known;
	int16_t tls_off; /* of the thread-local g, from fsbase; negative */
};

/*
 * The newest Go release whose layout has been read off real programs. Programs of a newer one are
 * taken to be laid out like it, unless DWARF tells.
 */
enum { RUNTIME_LAYOUT_NEWEST_MINOR = 27 };

/* What is known of a program before its layout is. */
struct runtime_layout_sources {
	const struct elf_file *elf;
	const struct symtab *symtab;
	const struct dwarf_layout *dwarf; /* NULL where there is none; wins over the version */
	uint64_t text_va, end_va; /* of its Go code */
	int go_minor;
};

/* -ENOTSUP when DWARF describes a runtime.g that tracing cannot read. */
int runtime_layout_init(struct runtime_layout *layout, const struct runtime_layout_sources *sources,
			struct reason *why);

#endif
