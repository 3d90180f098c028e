/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime_layout.h"

#include <criterion/criterion.h>
#include <elf.h>
#include <stdio.h>

static struct elf_segment segment;
static const struct elf_file elf_without_tls;
static const struct elf_file elf_with_tls = { .segments = &segment, .n_segments = 1 };
static const struct symtab no_symbols;
static struct runtime_layout layout;

/* A symbol table of runtime.tlsg alone. */
static Elf64_Sym tlsg = { .st_name = 1 };
static const char names[] = "\0runtime.tlsg";
static const struct symtab tlsg_only = {
	.symbols = { (const uint8_t *)&tlsg, sizeof(tlsg) },
	.names = { (const uint8_t *)names, sizeof(names) },
};

static void init_tls(uint64_t memory_bytes, uint64_t align, uint64_t tlsg_at)
{
	segment = (struct elf_segment){
		.type = PT_TLS,
		.memory_bytes = memory_bytes,
		.align = align,
	};
	tlsg.st_value = tlsg_at;
	runtime_layout_init(&layout, &elf_with_tls, &tlsg_only, 22);
}

Test(runtime_layout, goid_is_at_152_except_in_1_23_and_1_24)
{
	for (int minor = 15; minor <= 27; minor++) {
		runtime_layout_init(&layout, &elf_without_tls, &no_symbols, minor);
		cr_assert_eq(layout.goid_off, minor == 23 || minor == 24 ? 160 : 152, "1.%d",
			     minor);
	}
}

Test(runtime_layout, g_is_in_r14_from_1_17_on)
{
	runtime_layout_init(&layout, &elf_without_tls, &no_symbols, 16);
	cr_assert_not(layout.is_g_in_r14);
	runtime_layout_init(&layout, &elf_without_tls, &no_symbols, 17);
	cr_assert(layout.is_g_in_r14);
}

Test(runtime_layout, a_pure_go_program_has_g_right_below_fsbase)
{
	runtime_layout_init(&layout, &elf_without_tls, &no_symbols, 22);
	cr_assert(layout.is_tls_known);
	cr_assert_eq(layout.tls_off, -8);
	init_tls(8, 8, 0);
	cr_assert_eq(layout.tls_off, -8);
}

Test(runtime_layout, c_code_with_thread_local_variables_moves_g)
{
	init_tls(0x68, 8, 0x10);
	cr_assert(layout.is_tls_known);
	cr_assert_eq(layout.tls_off, -0x58);
	/* The block's start is rounded down to its alignment: it lies 0x80 below fsbase. */
	init_tls(0x68, 64, 0x10);
	cr_assert_eq(layout.tls_off, -0x70);
}

Test(runtime_layout, a_stripped_program_with_c_variables_hides_g)
{
	segment = (struct elf_segment){ .type = PT_TLS, .memory_bytes = 0x68, .align = 8 };
	runtime_layout_init(&layout, &elf_with_tls, &no_symbols, 22);
	cr_assert_not(layout.is_tls_known);
}

Test(runtime_layout, a_slot_outside_of_the_block_is_not_believed)
{
	init_tls(0x68, 8, 0x68);
	cr_assert_not(layout.is_tls_known, "at fsbase itself, which is not the program's");
	init_tls(0x68, 8, UINT64_MAX / 2);
	cr_assert_not(layout.is_tls_known);
	init_tls(1 << 20, 8, 0);
	cr_assert_not(layout.is_tls_known, "too far for a cookie's 16 bits");
}

Test(runtime_layout, hostile_sizes_and_alignments_do_no_harm)
{
	init_tls(UINT64_MAX, 8, 0);
	init_tls(UINT64_MAX, UINT64_MAX, 0);
	init_tls(100, 0, 0);
	cr_assert(layout.is_tls_known);
	cr_assert_eq(layout.tls_off, -100);
}
