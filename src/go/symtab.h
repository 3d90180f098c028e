/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_SYMTAB_H
#define GOTRACED_GO_SYMTAB_H

#include "go/elf_file.h"

/*
 * The ELF symbol table (.symtab) of a program that is not stripped. Empty, and no error, when there
 * is none.
 */
struct symtab {
	struct span symbols, names; /* owned */
};

struct symbol {
	const char *name; /* lives as long as the table */
	uint64_t va, n_bytes;
	bool is_function;
};

int symtab_init(struct symtab *table, const struct elf_file *elf, struct reason *why);

/* Those for the dynamic linker (.dynsym), which stay when a program is stripped; likewise. */
int symtab_init_dynamic(struct symtab *table, const struct elf_file *elf, struct reason *why);

void symtab_fini(struct symtab *table);

/* Walks the symbols: *at starts at 0. False at the end. */
bool symtab_next(const struct symtab *table, uint64_t *at, struct symbol *ret);

#endif
