/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime_layout.h"

#include <criterion/criterion.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>

#include "go_image.h"

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

static int init(const struct elf_file *elf, const struct symtab *symtab, int go_minor)
{
	struct runtime_layout_sources sources = { .elf = elf,
						  .symtab = symtab,
						  .go_minor = go_minor };
	struct reason why;

	return runtime_layout_init(&layout, &sources, &why);
}

static void init_tls(uint64_t memory_bytes, uint64_t align, uint64_t tlsg_at)
{
	segment = (struct elf_segment){
		.type = PT_TLS,
		.memory_bytes = memory_bytes,
		.align = align,
	};
	tlsg.st_value = tlsg_at;
	init(&elf_with_tls, &tlsg_only, 22);
}

Test(runtime_layout, goid_is_at_152_except_in_1_23_and_1_24)
{
	for (int minor = 15; minor <= 27; minor++) {
		init(&elf_without_tls, &no_symbols, minor);
		cr_assert_eq(layout.goid_off, minor == 23 || minor == 24 ? 160 : 152, "1.%d",
			     minor);
	}
}

Test(runtime_layout, g_is_in_r14_from_1_17_on)
{
	init(&elf_without_tls, &no_symbols, 16);
	cr_assert_not(layout.is_g_in_r14);
	init(&elf_without_tls, &no_symbols, 17);
	cr_assert(layout.is_g_in_r14);
}

Test(runtime_layout, a_pure_go_program_has_g_right_below_fsbase)
{
	init(&elf_without_tls, &no_symbols, 22);
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
	init(&elf_with_tls, &no_symbols, 22);
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
	init_tls(104, 0, 0);
	cr_assert(layout.is_tls_known);
	cr_assert_eq(layout.tls_off, -104);
}

/* Writes the way in which a release loads g, after some other code, and tells which slot is found.
 */
static int16_t slot_in(const void *code, size_t n_bytes, int go_minor)
{
	struct go_image image;
	struct elf_file *elf;
	struct reason why;

	go_image_init(&image, go_minor);
	go_image_add(&image, "main.first", "\x90\x64\x48\xc3", 4);
	go_image_add(&image, "main.second", code, n_bytes);
	elf_image_segment(&image.elf, PT_TLS, PF_R, 0x700000, "", 0);
	go_image_finish(&image);
	elf_image_segment_header(&image.elf, 0)->p_memsz = 0x68;
	cr_assert_eq(elf_file_open(elf_image_write(&image.elf), &elf, &why), 0, "%s", why.text);
	cr_assert_eq(runtime_layout_init(&layout,
					 &(struct runtime_layout_sources){
						 .elf = elf,
						 .symtab = &no_symbols,
						 .text_va = GO_IMAGE_TEXT_VA,
						 .end_va = GO_IMAGE_TEXT_VA + image.n_text,
						 .go_minor = go_minor },
					 &why),
		     0);
	elf_file_close(elf);
	go_image_fini(&image);
	return layout.is_tls_known ? layout.tls_off : 0;
}

#define SLOT_IN(minor, ...)                                                                        \
	slot_in((const uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }), minor)

Test(runtime_layout, the_code_that_loads_g_tells_its_slot)
{
	cr_assert_eq(SLOT_IN(22, 0x64, 0x4c, 0x8b, 0x34, 0x25, 0xa8, 0xff, 0xff, 0xff), -0x58);
	cr_assert_eq(SLOT_IN(22, 0x49, 0xc7, 0xc6, 0xa8, 0xff, 0xff, 0xff, 0x64, 0x4d, 0x8b, 0x36),
		     -0x58);
	cr_assert_eq(SLOT_IN(15, 0x64, 0x48, 0x8b, 0x0c, 0x25, 0x90, 0xff, 0xff, 0xff), -0x70);
	cr_assert_eq(SLOT_IN(15, 0x48, 0xc7, 0xc1, 0x90, 0xff, 0xff, 0xff, 0x64, 0x48, 0x8b, 0x09),
		     -0x70);
}

Test(runtime_layout, code_that_loads_something_else_does_not)
{
	cr_assert_eq(SLOT_IN(22, 0x64, 0x4c, 0x8b, 0x34, 0x25, 0xa9, 0xff, 0xff, 0xff), 0,
		     "not aligned");
	cr_assert_eq(SLOT_IN(22, 0x64, 0x4c, 0x8b, 0x34, 0x25, 0x08, 0, 0, 0), 0, "above fsbase");
	cr_assert_eq(SLOT_IN(22, 0x49, 0xc7, 0xc6, 0xa8, 0xff, 0xff, 0xff, 0x64, 0x4d, 0x8b, 0x37),
		     0, "another register");
	cr_assert_eq(SLOT_IN(22, 0x49, 0xc7, 0xc6, 0xa8, 0xff, 0xff, 0xff, 0x64), 0, "cut off");
}

Test(runtime_layout, dwarf_wins_over_the_version)
{
	const struct dwarf_layout known = { 160, 8 }, odd = { 152, 16 };
	struct runtime_layout_sources sources = {
		.elf = &elf_without_tls,
		.symtab = &no_symbols,
		.dwarf = &known,
		.go_minor = 22,
	};
	struct reason why;

	cr_assert_eq(runtime_layout_init(&layout, &sources, &why), 0);
	cr_assert_eq(layout.goid_off, 160);
	sources.dwarf = &odd;
	cr_assert_eq(runtime_layout_init(&layout, &sources, &why), -ENOTSUP);
	cr_assert_not_null(strstr(why.text, "stack.hi at 16"), "%s", why.text);
}

Test(runtime_layout, a_release_newer_than_known_is_taken_to_be_like_the_newest)
{
	const struct dwarf_layout dwarf = { 160, 8 };
	struct runtime_layout_sources sources = {
		.elf = &elf_without_tls,
		.symtab = &no_symbols,
		.go_minor = RUNTIME_LAYOUT_NEWEST_MINOR + 1,
	};
	struct reason why;

	cr_assert_eq(runtime_layout_init(&layout, &sources, &why), 0);
	cr_assert(layout.is_assumed);
	cr_assert_eq(layout.goid_off, 152);
	sources.dwarf = &dwarf;
	cr_assert_eq(runtime_layout_init(&layout, &sources, &why), 0);
	cr_assert_not(layout.is_assumed);
	cr_assert_eq(layout.goid_off, 160);
}
