/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/moduledata.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>

/* Offsets of runtime.moduledata's fields, read off Go 1.15 to 1.27 (runtime/symtab.go). */
struct moduledata_offsets {
	uint16_t names, text, etext, gofunc;
};

static struct moduledata_offsets offsets_of(int go_minor)
{
	struct moduledata_offsets at = { .names = 8, .text = 176, .etext = 184 };

	if (go_minor <= 15) /* the first field is the pclntab itself, and no names area follows */
		return (struct moduledata_offsets){ .text = 96, .etext = 104 };
	if (go_minor >= 27)
		at.gofunc = 344;
	else if (go_minor >= 20)
		at.gofunc = 320;
	else if (go_minor >= 18)
		at.gofunc = 304;
	return at;
}

static bool read_at(const struct elf_file *elf, struct span data, uint64_t at,
		    const struct moduledata_offsets *offsets, uint64_t names_va,
		    struct moduledata *ret)
{
	struct span words = span_from(data, at);
	struct moduledata module = { 0 };
	const struct elf_segment *code;
	uint64_t names;

	if (!span_u64(words, offsets->text, &module.text_va) ||
	    !span_u64(words, offsets->etext, &module.etext_va))
		return false;
	if (offsets->names && (!span_u64(words, offsets->names, &names) || names != names_va))
		return false;
	if (offsets->gofunc && !span_u64(words, offsets->gofunc, &module.gofunc_va))
		return false;
	if (module.etext_va <= module.text_va)
		return false;
	code = elf_file_segment_at(elf, module.text_va, module.etext_va - module.text_va);
	if (!code || !code->is_executable)
		return false;
	*ret = module;
	return true;
}

int moduledata_find(const struct elf_file *elf, uint64_t pclntab_va, uint64_t names_va,
		    int go_minor, struct moduledata *ret)
{
	struct moduledata_offsets offsets = offsets_of(go_minor);

	for (size_t i = 0; i < elf->n_segments; i++) {
		const struct elf_segment *segment = &elf->segments[i];
		bool is_found = false;
		struct span data;
		uint64_t word;
		int err;

		if (segment->type != PT_LOAD || !segment->is_writable)
			continue;
		err = elf_file_load(elf, segment->off, segment->file_bytes, &data);
		if (err)
			return err;
		for (uint64_t at = 0; !is_found && span_u64(data, at, &word); at += sizeof(word))
			is_found = word == pclntab_va &&
				   read_at(elf, data, at, &offsets, names_va, ret);
		free((void *)data.data);
		if (is_found)
			return 0;
	}
	return -ENOENT;
}
