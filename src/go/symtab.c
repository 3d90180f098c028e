/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/symtab.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>

static int init(struct symtab *table, const struct elf_file *elf, const char *section,
		struct reason *why)
{
	const struct elf_section *symbols = elf_file_section(elf, section), *names;
	int err;

	*table = (struct symtab){ 0 };
	if (!symbols)
		return 0;
	if (symbols->link >= elf->n_sections || elf->sections[symbols->link].type != SHT_STRTAB)
		return reason_set(why, -EINVAL,
				  "%s is damaged: its symbol table has no string table", elf->path);
	names = &elf->sections[symbols->link];
	err = elf_file_load(elf, symbols->off, symbols->n_bytes, &table->symbols);
	if (!err)
		err = elf_file_load(elf, names->off, names->n_bytes, &table->names);
	if (err) {
		symtab_fini(table);
		return reason_set(why, err, "cannot read the symbol table of %s: %s", elf->path,
				  strerror(-err));
	}
	return 0;
}

int symtab_init(struct symtab *table, const struct elf_file *elf, struct reason *why)
{
	return init(table, elf, ".symtab", why);
}

int symtab_init_dynamic(struct symtab *table, const struct elf_file *elf, struct reason *why)
{
	return init(table, elf, ".dynsym", why);
}

void symtab_fini(struct symtab *table)
{
	free((void *)table->symbols.data);
	free((void *)table->names.data);
	*table = (struct symtab){ 0 };
}

bool symtab_next(const struct symtab *table, uint64_t *at, struct symbol *ret)
{
	Elf64_Sym symbol;

	while (span_copy(table->symbols, *at, &symbol, sizeof(symbol))) {
		*at += sizeof(symbol);
		ret->name = span_name(table->names, symbol.st_name);
		if (!ret->name || !*ret->name)
			continue;
		ret->va = symbol.st_value;
		ret->n_bytes = symbol.st_size;
		ret->is_function =
			ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_shndx != SHN_UNDEF;
		return true;
	}
	return false;
}
