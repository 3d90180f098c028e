/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime_layout.h"

#include <elf.h>

/*
 * The slot of g in thread-local storage. A program's TLS block ends at fsbase, its start rounded
 * down to its alignment (x86-64 psABI, variant II), so a variable at V in the block of PT_TLS lies
 * at fsbase - round_up(memsz, align) + V. A pure Go program has the one variable and finds it at
 * -8; C code with TLS of its own moves it, and then only the symbol runtime.tlsg tells its V.
 */
static bool find_tls_slot(const struct elf_file *elf, const struct symtab *symtab, int16_t *ret)
{
	const struct elf_segment *tls = NULL;
	struct symbol symbol;
	int64_t slot;

	for (size_t i = 0; i < elf->n_segments; i++)
		if (elf->segments[i].type == PT_TLS)
			tls = &elf->segments[i];
	if (!tls || tls->memory_bytes <= 8) {
		*ret = -8;
		return true;
	}
	for (uint64_t at = 0; symtab_next(symtab, &at, &symbol);) {
		uint64_t align = tls->align ? tls->align : 1;

		if (strcmp(symbol.name, "runtime.tlsg") != 0)
			continue;
		slot = (int64_t)(symbol.va - (tls->memory_bytes + align - 1) / align * align);
		if (slot < INT16_MIN || slot > -8)
			return false;
		*ret = slot;
		return true;
	}
	return false;
}

void runtime_layout_init(struct runtime_layout *layout, const struct elf_file *elf,
			 const struct symtab *symtab, int go_minor)
{
	*layout = (struct runtime_layout){
		/* runtime/runtime2.go: 1.23 and 1.24 have a syscallbp before it */
		.goid_off = go_minor == 23 || go_minor == 24 ? 160 : 152,
		.is_g_in_r14 = go_minor >= 17, /* cmd/compile/abi-internal.md */
	};
	layout->is_tls_known = find_tls_slot(elf, symtab, &layout->tls_off);
}
