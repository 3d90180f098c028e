/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime_layout.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>

#include "gotraced/cookie.h"

/*
 * The slot of g in thread-local storage. A program's TLS block ends at fsbase, its start rounded
 * down to its alignment (x86-64 psABI, variant II), so a variable at V in the block of PT_TLS lies
 * at fsbase - round_up(memsz, align) + V. A pure Go program has the one variable and finds it at
 * -8. C code with TLS of its own moves it: then the symbol runtime.tlsg tells its V, and without
 * symbols the code does that loads g.
 */
static bool slot_fits(int64_t slot)
{
	return slot >= INT16_MIN && slot <= -8 && slot % 8 == 0;
}

static bool find_slot_by_symbol(const struct elf_segment *tls, const struct symtab *symtab,
				int16_t *ret)
{
	uint64_t align = tls->align ? tls->align : 1;
	struct symbol symbol;

	for (uint64_t at = 0; symtab_next(symtab, &at, &symbol);) {
		int64_t slot;

		if (strcmp(symbol.name, "runtime.tlsg") != 0)
			continue;
		slot = (int64_t)(symbol.va - (tls->memory_bytes + align - 1) / align * align);
		*ret = (int16_t)slot;
		return slot_fits(slot);
	}
	return false;
}

/*
 * How Go's assembler loads g: up to 1.16 into RCX, from 1.17 into R14; by one instruction, in
 * position-independent programs by two (cmd/internal/obj/x86/obj6.go).
 */
static const struct load {
	uint8_t n_before, before[5]; /* the displacement of 4 bytes comes between */
	uint8_t n_behind, behind[4];
} loads[] = {
	{ 5, { 0x64, 0x4c, 0x8b, 0x34, 0x25 }, 0, { 0 } }, /* mov %fs:slot,%r14 */
	{ 3, { 0x49, 0xc7, 0xc6 }, 4, { 0x64, 0x4d, 0x8b, 0x36 } }, /* ... mov %fs:(%r14),%r14 */
	{ 5, { 0x64, 0x48, 0x8b, 0x0c, 0x25 }, 0, { 0 } },
	{ 3, { 0x48, 0xc7, 0xc1 }, 4, { 0x64, 0x48, 0x8b, 0x09 } },
};

static bool slot_at(struct span code, uint64_t at, int16_t *ret)
{
	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		const struct load *load = &loads[i];
		uint64_t behind_at = at + load->n_before + 4;
		uint32_t displacement;

		if (!span_has(code, behind_at, load->n_behind) ||
		    memcmp(code.data + at, load->before, load->n_before) != 0 ||
		    memcmp(code.data + behind_at, load->behind, load->n_behind) != 0 ||
		    !span_u32(code, at + load->n_before, &displacement) ||
		    !slot_fits((int32_t)displacement))
			continue;
		*ret = (int16_t)(int32_t)displacement;
		return true;
	}
	return false;
}

static bool find_slot_in_code(const struct runtime_layout_sources *sources, int16_t *ret)
{
	enum { PIECE_BYTES = 1 << 20, OVERLAP_BYTES = 16 };
	bool is_found = false;

	for (uint64_t va = sources->text_va; va < sources->end_va && !is_found; va += PIECE_BYTES) {
		uint64_t n_bytes = sources->end_va - va;
		const struct elf_segment *segment;
		struct span code;

		if (n_bytes > PIECE_BYTES + OVERLAP_BYTES)
			n_bytes = PIECE_BYTES + OVERLAP_BYTES;
		segment = elf_file_segment_at(sources->elf, va, n_bytes);
		if (!segment ||
		    elf_file_load(sources->elf, segment->off + (va - segment->va), n_bytes, &code))
			break;
		for (uint64_t at = 0; at < n_bytes && !is_found; at++)
			is_found = slot_at(code, at, ret);
		free((void *)code.data);
	}
	return is_found;
}

static bool find_tls_slot(const struct runtime_layout_sources *sources, int16_t *ret)
{
	const struct elf_file *elf = sources->elf;
	const struct elf_segment *tls = NULL;

	for (size_t i = 0; i < elf->n_segments; i++)
		if (elf->segments[i].type == PT_TLS)
			tls = &elf->segments[i];
	if (!tls || tls->memory_bytes <= 8) {
		*ret = -8;
		return true;
	}
	return find_slot_by_symbol(tls, sources->symtab, ret) || find_slot_in_code(sources, ret);
}

int runtime_layout_init(struct runtime_layout *layout, const struct runtime_layout_sources *sources,
			struct reason *why)
{
	const uint64_t stack_hi_off = 8; /* runtime/runtime2.go */
	const struct dwarf_layout *dwarf = sources->dwarf;
	int go_minor = sources->go_minor;

	if (dwarf && (dwarf->stack_hi_off != stack_hi_off ||
		      dwarf->goid_off > COOKIE_MAX_GOID_OFF || dwarf->goid_off % COOKIE_WORD))
		return reason_set(why, -ENOTSUP,
				  "%s: its DWARF has a runtime.g unlike that of any known Go "
				  "release (stack.hi at %lu, goid at %lu)",
				  sources->elf->path, dwarf->stack_hi_off, dwarf->goid_off);
	*layout = (struct runtime_layout){
		/* runtime/runtime2.go: 1.23 and 1.24 have a syscallbp before it */
		.goid_off = dwarf			       ? dwarf->goid_off
			    : go_minor == 23 || go_minor == 24 ? 160
							       : 152,
		.is_assumed = !dwarf && go_minor > RUNTIME_LAYOUT_NEWEST_MINOR,
		.is_g_in_r14 = go_minor >= 17, /* cmd/compile/abi-internal.md */
	};
	layout->is_tls_known = find_tls_slot(sources, &layout->tls_off);
	return 0;
}
