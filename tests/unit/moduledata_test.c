/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/moduledata.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "elf_image.h"

enum {
	TEXT_VA = 0x401000,
	TEXT_BYTES = 256,
	DATA_VA = 0x600000,
	TABLE_VA = 0x500000,
	NAMES_VA = 0x500060,
	GOFUNC_VA = 0x512340,
	N_WORDS = 128,
};

static struct elf_image image;
static struct elf_file *elf;
static struct moduledata module;
static uint64_t words[N_WORDS];

static void init(void)
{
	elf_image_init(&image);
}

static void fini(void)
{
	elf_file_close(elf);
	elf_image_fini(&image);
}

TestSuite(moduledata, .init = init, .fini = fini);

/* Offsets in bytes, from the table of facts about each release. */
static void put_module(size_t at, uint16_t text, uint16_t gofunc)
{
	uint64_t *record = words + at / 8;

	record[0] = TABLE_VA;
	record[1] = NAMES_VA;
	record[text / 8] = TEXT_VA;
	record[text / 8 + 1] = TEXT_VA + TEXT_BYTES;
	if (gofunc)
		record[gofunc / 8] = GOFUNC_VA;
}

static int find_with(int go_minor, uint32_t flags)
{
	static const char text[TEXT_BYTES];
	struct reason why;

	elf_image_segment(&image, PT_LOAD, PF_R | PF_X, TEXT_VA, text, sizeof(text));
	elf_image_segment(&image, PT_LOAD, flags, DATA_VA, words, sizeof(words));
	elf_image_finish(&image);
	cr_assert_eq(elf_file_open(elf_image_write(&image), &elf, &why), 0, "%s", why.text);
	return moduledata_find(elf, TABLE_VA, NAMES_VA, go_minor, &module);
}

static int find(int go_minor)
{
	return find_with(go_minor, PF_R | PF_W);
}

static void assert_found(int go_minor, uint64_t gofunc_va)
{
	cr_assert_eq(find(go_minor), 0);
	cr_assert_eq(module.text_va, TEXT_VA);
	cr_assert_eq(module.etext_va, TEXT_VA + TEXT_BYTES);
	cr_assert_eq(module.gofunc_va, gofunc_va);
}

Test(moduledata, is_found_as_1_15_lays_it_out)
{
	put_module(64, 96, 0);
	words[9] = 4711; /* the pclntab's length: there is no pointer to names yet */
	assert_found(15, 0);
}

Test(moduledata, is_found_as_1_16_lays_it_out)
{
	put_module(64, 176, 0);
	assert_found(16, 0);
}

Test(moduledata, is_found_as_1_18_lays_it_out)
{
	put_module(64, 176, 304);
	assert_found(18, GOFUNC_VA);
}

Test(moduledata, is_found_as_1_20_lays_it_out)
{
	put_module(64, 176, 320);
	assert_found(20, GOFUNC_VA);
}

Test(moduledata, is_found_as_1_27_lays_it_out)
{
	put_module(64, 176, 344);
	assert_found(27, GOFUNC_VA);
}

/* By release: where the address of the types is, and that of their end. */
static const struct {
	int go_minor;
	uint16_t text, types, etypes;
} with_types[] = {
	{ 15, 96, 200, 208 },  { 16, 176, 280, 288 }, { 18, 176, 280, 288 },
	{ 20, 176, 296, 304 }, { 26, 176, 296, 304 }, { 27, 176, 296, 312 },
};

static void put_types(size_t i, uint64_t types_va, uint64_t etypes_va)
{
	put_module(0, with_types[i].text, 0);
	if (with_types[i].go_minor == 15)
		words[1] = 4711;
	words[with_types[i].types / 8] = types_va;
	words[with_types[i].etypes / 8] = etypes_va;
}

static void again(void)
{
	fini();
	elf = NULL;
	memset(words, 0, sizeof(words));
	init();
}

Test(moduledata, tells_where_each_release_has_its_types)
{
	for (size_t i = 0; i < sizeof(with_types) / sizeof(with_types[0]); i++) {
		put_types(i, DATA_VA + 512, DATA_VA + sizeof(words));
		cr_assert_eq(find(with_types[i].go_minor), 0);
		cr_assert_eq(module.types_va, DATA_VA + 512);
		cr_assert_eq(module.etypes_va, DATA_VA + sizeof(words));
		again();
	}
}

Test(moduledata, whose_types_lie_outside_has_none)
{
	const uint64_t ranges[][2] = {
		{ DATA_VA + 512, DATA_VA + 512 },
		{ DATA_VA + 512, DATA_VA },
		{ DATA_VA, DATA_VA + sizeof(words) + 1 },
		{ DATA_VA - 8, DATA_VA + 8 },
		{ TEXT_VA, UINT64_MAX },
		{ 0, DATA_VA },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		put_types(3, ranges[i][0], ranges[i][1]);
		cr_assert_eq(find(20), 0);
		cr_assert_eq(module.types_va, 0);
		cr_assert_eq(module.etypes_va, 0);
		again();
	}
}

Test(moduledata, is_not_taken_from_any_word_that_is_the_tables_address)
{
	words[0] = TABLE_VA;
	words[3] = TABLE_VA;
	words[4] = NAMES_VA;
	put_module(128, 176, 320);
	assert_found(22, GOFUNC_VA);
}

Test(moduledata, that_repeats_no_names_is_not_believed)
{
	put_module(0, 176, 320);
	words[1] = NAMES_VA + 8;
	cr_assert_eq(find(22), -ENOENT);
}

Test(moduledata, whose_code_ends_before_it_begins_is_not_believed)
{
	put_module(0, 176, 320);
	words[184 / 8] = TEXT_VA;
	cr_assert_eq(find(22), -ENOENT);
}

Test(moduledata, whose_code_lies_outside_of_the_file_is_not_believed)
{
	put_module(0, 176, 320);
	words[184 / 8] = TEXT_VA + TEXT_BYTES + 1;
	cr_assert_eq(find(22), -ENOENT);
}

Test(moduledata, whose_code_is_data_is_not_believed)
{
	put_module(0, 176, 320);
	words[176 / 8] = DATA_VA;
	words[184 / 8] = DATA_VA + 64;
	cr_assert_eq(find(22), -ENOENT);
}

Test(moduledata, cut_off_by_the_end_of_its_segment_is_not_believed)
{
	words[N_WORDS - 2] = TABLE_VA;
	words[N_WORDS - 1] = NAMES_VA;
	cr_assert_eq(find(22), -ENOENT);
}

Test(moduledata, lies_in_writable_data_only)
{
	put_module(0, 176, 320);
	cr_assert_eq(find_with(22, PF_R), -ENOENT);
}
