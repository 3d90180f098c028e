/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emit/place.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "planned.h"

/* main.f is the first function, at GO_IMAGE_TEXT_VA. */
static struct reason why;
static enum place_kind kind;

static void init(void)
{
	planned_init();
	GO_IMAGE_ADD(&image, "main.f", 0x48, 0x8b, 0x00, 0xc3); /* mov (%rax),%rax; ret */
}

TestSuite(place, .init = init, .fini = planned_fini);

enum { OFF = 0x400 }; /* of main.f in the file, where nothing else was laid down before */

static void choose(void)
{
	enum place_kind *kinds;

	cr_assert_null(plan_only("main.f")->refusal);
	cr_assert_eq(place_choose(&plan, &kinds, &why), 0, "%s", why.text);
	kind = kinds[0];
	free(kinds);
}

static void assert_printed(const char *expected)
{
	const struct emit_program program = { .plan = &plan, .path = "/a b/\"f\"" };
	char *text;
	size_t n_bytes;
	FILE *to = open_memstream(&text, &n_bytes);

	place_print(to, &program, kind, plan.functions[0].entry_va);
	fclose(to);
	cr_assert_str_eq(text, expected);
	free(text);
}

Test(place, a_stripped_program_is_probed_by_offsets)
{
	choose();
	cr_assert_eq(kind, PLACE_OFFSET);
	assert_printed("uprobe:\"/a b/\\\"f\\\"\":0x400");
}

Test(place, so_is_one_with_symbols_whose_addresses_are_other_numbers)
{
	go_image_symbol(&image, "main.f", STT_FUNC, GO_IMAGE_TEXT_VA, 4);
	go_image_symbol(&image, "runtime.tlsg", STT_TLS, OFF, 0);
	go_image_symbol(&image, "before", STT_FUNC, 0, OFF);
	go_image_symbol(&image, "behind", STT_FUNC, OFF + 4, 100);
	choose();
	cr_assert_eq(kind, PLACE_OFFSET);
}

Test(place, a_symbol_with_the_number_of_an_offset_makes_it_addresses)
{
	go_image_symbol(&image, "main.f", STT_FUNC, GO_IMAGE_TEXT_VA, 4);
	/* Over the return alone. */
	go_image_symbol(&image, "other", STT_OBJECT, OFF + 3, 1);
	choose();
	cr_assert_eq(kind, PLACE_ADDRESS);
	assert_printed("uprobe:\"/a b/\\\"f\\\"\":0x401000");
}

Test(place, so_does_one_that_reaches_over_everything)
{
	go_image_symbol(&image, "everything", STT_FUNC, 0x10, UINT64_MAX);
	choose();
	cr_assert_eq(kind, PLACE_ADDRESS);
}

Test(place, without_symbols_for_the_addresses_there_is_no_way)
{
	go_image_symbol(&image, "main.f", STT_OBJECT, GO_IMAGE_TEXT_VA, 4);
	go_image_symbol(&image, "other", STT_FUNC, OFF, 4);
	choose();
	cr_assert_eq(kind, PLACE_NONE);
}

/* What stays in a stripped program that uses a C library. */
Test(place, symbols_for_the_dynamic_linker_count_too)
{
	static const char names[] = "\0crosscall2";
	const Elf64_Sym symbol = { .st_name = 1,
				   .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
				   .st_shndx = 1,
				   .st_size = GO_IMAGE_TEXT_VA };
	uint64_t names_off = elf_image_append(&image.elf, names, sizeof(names));
	uint64_t symbols_off = elf_image_append(&image.elf, &symbol, sizeof(symbol));
	uint32_t link = elf_image_section(&image.elf, ".dynstr", SHT_STRTAB, 0, names_off,
					  sizeof(names), 0);

	elf_image_section(&image.elf, ".dynsym", SHT_DYNSYM, 0, symbols_off, sizeof(symbol), link);
	choose();
	cr_assert_eq(kind, PLACE_NONE);
}

/* The second function's offset is 0x420, as no symbol's address is. */
Test(place, by_addresses_are_all_that_can_be_once_one_must)
{
	enum place_kind *kinds;

	GO_IMAGE_ADD(&image, "main.g", 0x90, 0xc3);
	GO_IMAGE_ADD(&image, "main.h", 0x90, 0xc3);
	go_image_symbol(&image, "main.f", STT_FUNC, GO_IMAGE_TEXT_VA, 4);
	go_image_symbol(&image, "main.g", STT_FUNC, GO_IMAGE_TEXT_VA + 0x20, 2);
	go_image_symbol(&image, "other", STT_OBJECT, OFF, 4);
	plan_only("/./");
	cr_assert_eq(plan.n_traced, 3);
	cr_assert_eq(place_choose(&plan, &kinds, &why), 0);
	cr_assert_eq(kinds[0], PLACE_ADDRESS);
	cr_assert_eq(kinds[1], PLACE_ADDRESS);
	cr_assert_eq(kinds[2], PLACE_OFFSET);
	free(kinds);
}

Test(place, odd_paths_can_be_told)
{
	cr_assert_eq(place_check_path("/a b/'c'/\"d\"/{e,f}/$1/g?(h)/#%&;|<>`~!@+=^-/\xc3\xbc\xff",
				      &why),
		     0);
}

Test(place, paths_that_bpftrace_takes_for_something_else_cannot)
{
	static const char *const paths[] = { "/a*b",  "/a[b",  "/a]b",	"/a:b",
					     "/a\\b", "/a\nb", "/a\x7f" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		cr_assert_eq(place_check_path(paths[i], &why), -ENOTSUP, "%s", paths[i]);
		cr_assert_null(strchr(why.text, '\n'));
	}
}
