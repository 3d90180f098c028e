/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_MODULEDATA_H
#define GOTRACED_GO_MODULEDATA_H

#include "go/elf_file.h"

/*
 * What is read of runtime.moduledata (runtime/symtab.go), the record by which a program knows its
 * own tables. It has no symbol in a stripped program, so it is found by its first word, the address
 * of the pclntab header, and is believed only when the words that follow fit.
 */
struct moduledata {
	uint64_t text_va,
		etext_va; /* the Go code; pclntab addresses count from text_va from Go 1.18 on */
	uint64_t gofunc_va; /* FUNCDATA offsets count from here, Go >= 1.18; else 0 */
	uint64_t types_va, etypes_va; /* the type descriptors and their names, whose offsets count
					 from types_va; both 0 when they do not lie in the file */
};

/*
 * names_va: where the pclntab's names begin, which moduledata repeats. -ENOENT when there is none.
 */
int moduledata_find(const struct elf_file *elf, uint64_t pclntab_va, uint64_t names_va,
		    int go_minor, struct moduledata *ret);

#endif
