/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/moduledata.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>

/* Offsets of runtime.moduledata's fields, read off Go 1.15 to 1.27 (runtime/symtab.go). */
struct moduledata_offsets {
	uint16_t names, text, etext, gofunc, types, etypes;
};

static struct moduledata_offsets offsets_of(int go_minor)
{
	struct moduledata_offsets at = {
		.names = 8, .text = 176, .etext = 184, .types = 280, .etypes = 288
	};

	if (go_minor <= 15) /* the first field is the pclntab itself, and no names area follows */
		return (struct moduledata_offsets){
			.text = 96, .etext = 104, .types = 200, .etypes = 208
		};
	if (go_minor >= 27)
		at.gofunc = 344;
	else if (go_minor >= 20)
		at.gofunc = 320;
	else if (go_minor >= 18)
		at.gofunc = 304;
	if (go_minor >= 20) {
		at.types = 296;
		at.etypes = go_minor >= 27 ? 312 : 304;
	}
	return at;
}

struct search {
	const struct elf_file *elf;
	struct moduledata_offsets offsets;
	uint64_t pclntab_va, names_va;
	struct moduledata found;
};

enum { FOUND = 1 };

static bool read_word(const struct search *search, uint64_t va, uint16_t field, uint64_t *ret)
{
	return elf_file_read_va(search->elf, va + field, ret, sizeof(*ret)) == 0;
}

/* What needs no types can do without. */
static void read_types(const struct search *search, uint64_t va, struct moduledata *module)
{
	uint64_t types_va, etypes_va;

	if (!read_word(search, va, search->offsets.types, &types_va) ||
	    !read_word(search, va, search->offsets.etypes, &etypes_va) || etypes_va <= types_va ||
	    !elf_file_segment_at(search->elf, types_va, etypes_va - types_va))
		return;
	module->types_va = types_va;
	module->etypes_va = etypes_va;
}

/* Is there a moduledata at this address, of which the first word is right? */
static bool read_at(struct search *search, uint64_t va)
{
	const struct moduledata_offsets *offsets = &search->offsets;
	struct moduledata module = { 0 };
	const struct elf_segment *code;
	uint64_t names_va;

	if (!read_word(search, va, offsets->text, &module.text_va) ||
	    !read_word(search, va, offsets->etext, &module.etext_va))
		return false;
	if (offsets->names &&
	    (!read_word(search, va, offsets->names, &names_va) || names_va != search->names_va))
		return false;
	if (offsets->gofunc && !read_word(search, va, offsets->gofunc, &module.gofunc_va))
		return false;
	if (module.etext_va <= module.text_va)
		return false;
	code = elf_file_segment_at(search->elf, module.text_va, module.etext_va - module.text_va);
	if (!code || !code->is_executable)
		return false;
	read_types(search, va, &module);
	search->found = module;
	return true;
}

static int find_pclntab_va(uint64_t va, struct span piece, void *context)
{
	struct search *search = context;
	uint64_t word;

	for (uint64_t at = -va & 7; span_u64(piece, at, &word); at += sizeof(word))
		if (word == search->pclntab_va && read_at(search, va + at))
			return FOUND;
	return 0;
}

int moduledata_find(const struct elf_file *elf, uint64_t pclntab_va, uint64_t names_va,
		    int go_minor, struct moduledata *ret)
{
	struct search search = { elf, offsets_of(go_minor), pclntab_va, names_va, { 0 } };
	int err = elf_file_scan(elf, ELF_SCAN_WRITABLE, find_pclntab_va, &search);

	if (err < 0)
		return err;
	if (err != FOUND)
		return -ENOENT;
	*ret = search.found;
	return 0;
}
