/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/pclntab.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "go_image.h"

static struct go_image image;
static struct elf_file *elf;
static struct pclntab table;
static struct pclntab_function entry;
static struct reason why;

/* Go releases of all formats. */
static const int minors[] = { 15, 16, 17, 18, 19, 20, 22, 25, 26, 27 };

static void fini(void)
{
	pclntab_fini(&table);
	elf_file_close(elf);
	go_image_fini(&image);
}

TestSuite(pclntab, .fini = fini, .timeout = 60);

/* Two functions, the second with calls inlined into it. */
static void make(int go_minor)
{
	go_image_init(&image, go_minor);
	GO_IMAGE_ADD(&image, "main.first", 0x90, 0xc3);
	GO_IMAGE_ADD(&image, "main.second", 0x90, 0x90, 0x90, 0xc3);
	image.functions[0].flags = PCLNTAB_FLAG_ASSEMBLY;
	image.functions[1].inlined[0] = "main.small";
	image.functions[1].inlined[1] = "strings.Index";
	image.functions[1].n_inlined = go_minor >= 18 ? 2 : 0;
}

static int init_table(void)
{
	cr_assert_eq(elf_file_open(elf_image_write(&image.elf), &elf, &why), 0, "%s", why.text);
	return pclntab_init(&table, elf, image.go_minor, &why);
}

static void spoil_u64(uint64_t at, uint64_t value)
{
	memcpy(image.elf.bytes + image.table_off + at, &value, sizeof(value));
}

static void spoil_u32(uint64_t at, uint32_t value)
{
	memcpy(image.elf.bytes + image.table_off + at, &value, sizeof(value));
}

static void again(void)
{
	fini();
	elf = NULL;
}

Test(pclntab, is_read_in_the_format_of_each_release)
{
	for (size_t i = 0; i < sizeof(minors) / sizeof(minors[0]); i++) {
		make(minors[i]);
		go_image_finish(&image);
		cr_assert_eq(init_table(), 0, "1.%d: %s", minors[i], why.text);
		cr_assert_eq(table.n_functions, 2);
		cr_assert(pclntab_function(&table, 0, &entry));
		cr_assert_str_eq(entry.name, "main.first");
		cr_assert_eq(entry.va, GO_IMAGE_TEXT_VA);
		cr_assert_eq(entry.end_va, GO_IMAGE_TEXT_VA + 32);
		cr_assert_eq(entry.flags, minors[i] >= 17 ? PCLNTAB_FLAG_ASSEMBLY : 0);
		cr_assert(pclntab_function(&table, 1, &entry));
		cr_assert_str_eq(entry.name, "main.second");
		cr_assert_eq(entry.va, GO_IMAGE_TEXT_VA + 32);
		cr_assert_eq(entry.end_va, GO_IMAGE_TEXT_VA + 64);
		cr_assert_eq(entry.flags, 0);
		again();
	}
}

Test(pclntab, is_found_without_sections)
{
	for (size_t i = 0; i < sizeof(minors) / sizeof(minors[0]); i++) {
		make(minors[i]);
		image.has_sections = false;
		go_image_finish(&image);
		cr_assert_eq(init_table(), 0, "1.%d: %s", minors[i], why.text);
		cr_assert_eq(table.va, GO_IMAGE_TABLE_VA);
		cr_assert(pclntab_function(&table, 1, &entry));
		cr_assert_str_eq(entry.name, "main.second");
		again();
	}
}

Test(pclntab, is_found_behind_what_only_looks_like_one)
{
	static const uint8_t decoy[256] = { 0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8 };

	make(22);
	image.has_sections = false;
	elf_image_segment(&image.elf, PT_LOAD, PF_R, 0x300000, decoy, sizeof(decoy));
	go_image_finish(&image);
	cr_assert_eq(init_table(), 0, "%s", why.text);
	cr_assert_eq(table.va, GO_IMAGE_TABLE_VA);
}

Test(pclntab, has_no_function_behind_its_last)
{
	make(22);
	go_image_finish(&image);
	cr_assert_eq(init_table(), 0);
	cr_assert_not(pclntab_function(&table, UINT64_MAX / 4, &entry));
	cr_assert_not(pclntab_function(&table, UINT64_MAX, &entry));
}

Test(pclntab, without_moduledata_counts_from_its_own_base)
{
	make(22);
	image.has_module = false;
	go_image_finish(&image);
	cr_assert_eq(init_table(), 0);
	cr_assert(pclntab_function(&table, 0, &entry));
	cr_assert_eq(entry.va, GO_IMAGE_TEXT_VA);
}

Test(pclntab, without_any_base_is_refused)
{
	make(26);
	image.has_module = false;
	go_image_finish(&image);
	cr_assert_eq(init_table(), -ENOENT);
	cr_assert_not_null(strstr(why.text, "moduledata"));
}

Test(pclntab, of_no_go_program_is_none)
{
	make(22);
	image.has_sections = false;
	go_image_finish(&image);
	spoil_u32(0, 0);
	cr_assert_eq(init_table(), -ENOENT);
	cr_assert_not_null(strstr(why.text, "not a Go program"));
}

Test(pclntab, of_an_unknown_format_is_refused)
{
	make(22);
	go_image_finish(&image);
	spoil_u32(0, 0xfffffff2);
	cr_assert_eq(init_table(), -EINVAL);
	cr_assert_not_null(strstr(why.text, "of a format newer"));
}

Test(pclntab, for_another_processor_is_refused)
{
	make(22);
	go_image_finish(&image);
	spoil_u32(4, 0x04010000); /* 4-byte pointers */
	cr_assert_eq(init_table(), -EINVAL);
}

Test(pclntab, that_claims_more_functions_than_fit_is_refused)
{
	const uint64_t counts[] = { 0, 1 << 20, UINT32_MAX, UINT64_MAX / 8, UINT64_MAX };

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		make(22);
		go_image_finish(&image);
		spoil_u64(8, counts[i]);
		cr_assert_eq(init_table(), -EINVAL, "%lu functions", counts[i]);
		cr_assert_not_null(strstr(why.text, "is damaged"));
		again();
	}
}

Test(pclntab, whose_areas_lie_past_its_end_is_refused)
{
	const uint64_t fields[] = { 32, 56, 64 }; /* names, pctab, functab */

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		make(22);
		go_image_finish(&image);
		spoil_u64(fields[i], image.table_bytes);
		cr_assert_eq(init_table(), -EINVAL, "field at %lu", fields[i]);
		again();
		make(22);
		go_image_finish(&image);
		spoil_u64(fields[i], UINT64_MAX);
		cr_assert_eq(init_table(), -EINVAL, "field at %lu", fields[i]);
		again();
	}
}

Test(pclntab, too_short_for_a_header_is_refused)
{
	for (uint64_t n_bytes = 0; n_bytes < 72; n_bytes++) {
		make(22);
		go_image_finish(&image);
		elf_image_section_header(&image.elf, 2)->sh_size = n_bytes;
		cr_assert_eq(init_table(), -EINVAL, "%lu bytes", n_bytes);
		again();
	}
}

static void assert_entry_damaged(uint64_t i)
{
	cr_assert_eq(init_table(), 0, "%s", why.text);
	cr_assert_not(pclntab_function(&table, i, &entry));
}

Test(pclntab, has_no_function_whose_record_lies_outside)
{
	make(22);
	go_image_finish(&image);
	spoil_u32(image.pairs_at + 4, UINT32_MAX);
	assert_entry_damaged(0);
}

Test(pclntab, has_no_function_whose_record_is_cut_off)
{
	make(22);
	go_image_finish(&image);
	elf_image_section_header(&image.elf, 2)->sh_size = image.functions[1].record_at + 43;
	assert_entry_damaged(1);
}

Test(pclntab, has_no_function_whose_name_lies_outside)
{
	make(22);
	go_image_finish(&image);
	spoil_u32(image.functions[0].record_at + 4, UINT32_MAX);
	assert_entry_damaged(0);
}

Test(pclntab, has_no_function_that_ends_before_it_begins)
{
	make(22);
	go_image_finish(&image);
	spoil_u32(image.pairs_at, 64);
	assert_entry_damaged(0);
}

Test(pclntab, has_no_function_whose_name_would_upset_a_terminal)
{
	make(22);
	image.functions[0].name = "main.\033[2J";
	go_image_finish(&image);
	assert_entry_damaged(0);
}

Test(pclntab, tells_the_size_and_place_of_an_inline_tree)
{
	uint64_t tree_va = 4711;
	uint32_t n;

	make(22);
	go_image_finish(&image);
	cr_assert_eq(init_table(), 0);
	cr_assert(pclntab_function(&table, 0, &entry));
	cr_assert_not(pclntab_inline_tree(&table, &entry, &tree_va, &n));
	cr_assert(pclntab_function(&table, 1, &entry));
	cr_assert(pclntab_inline_tree(&table, &entry, &tree_va, &n));
	cr_assert_eq(tree_va, GO_IMAGE_TABLE_VA + image.trees_at);
	cr_assert_eq(n, 2);
}

/* Replaces the index of inlined calls of the second function. */
static bool inline_tree_of(const uint8_t *index, size_t n_bytes, uint32_t *ret_n)
{
	uint64_t tree_va;
	bool is_found;

	make(22);
	go_image_finish(&image);
	memcpy(image.elf.bytes + image.table_off + image.pctab_at +
		       image.functions[1].inline_index_off,
	       index, n_bytes);
	cr_assert_eq(init_table(), 0);
	cr_assert(pclntab_function(&table, 1, &entry));
	is_found = pclntab_inline_tree(&table, &entry, &tree_va, ret_n);
	again();
	return is_found;
}

#define INLINE_TREE_OF(n, ...)                                                                     \
	inline_tree_of((const uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }), n)

Test(pclntab, reads_an_index_of_inlined_calls_that_goes_up_and_down)
{
	uint32_t n = 0;

	/* -1, +4 to 3, -2 to 1, +1 to 2: the largest is 3. */
	cr_assert(INLINE_TREE_OF(&n, 8, 1, 3, 1, 2, 1, 0));
	cr_assert_eq(n, 4);
}

Test(pclntab, reads_an_index_of_inlined_calls_that_begins_without_a_change)
{
	uint32_t n = 0;

	/* The first delta may be 0, for a value of -1; only a later one ends the table. */
	cr_assert(INLINE_TREE_OF(&n, 0, 1, 2, 1, 0));
	cr_assert_eq(n, 1);
}

Test(pclntab, does_not_believe_an_endless_varint)
{
	uint32_t n;

	cr_assert_not(INLINE_TREE_OF(&n, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff));
}

Test(pclntab, does_not_believe_more_inlined_calls_than_the_function_has_bytes)
{
	uint32_t n;

	cr_assert_not(INLINE_TREE_OF(&n, 0xfe, 0xff, 0xff, 0x7f, 1, 0));
}

Test(pclntab, does_not_follow_an_inline_index_or_tree_that_is_outside)
{
	/* In the second record, of 44 bytes: PCDATA 2 at 52; npcdata at 28; nfuncdata at 43. */
	const struct {
		uint32_t at, value;
	} spoilt[] = { { 52, 0 }, { 52, UINT32_MAX }, { 28, UINT32_MAX }, { 28, 2 } };

	for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		uint64_t tree_va;
		uint32_t n;

		make(22);
		go_image_finish(&image);
		spoil_u32(image.functions[1].record_at + spoilt[i].at, spoilt[i].value);
		cr_assert_eq(init_table(), 0);
		cr_assert(pclntab_function(&table, 1, &entry));
		cr_assert_not(pclntab_inline_tree(&table, &entry, &tree_va, &n), "case %zu", i);
		again();
	}
}

Test(pclntab, survives_any_byte_of_it_being_spoilt)
{
	make(22);
	go_image_finish(&image);
	for (uint64_t at = 0; at < image.table_bytes; at++) {
		uint8_t *byte = &image.elf.bytes[image.table_off + at], was = *byte;
		uint64_t tree_va;
		uint32_t n;

		*byte ^= 0xff;
		/* Whether it is refused is of no interest here: that nothing is read outside is. */
		if (init_table() == 0)
			for (uint64_t i = 0; i < table.n_functions && i < 100; i++)
				if (pclntab_function(&table, i, &entry))
					pclntab_inline_tree(&table, &entry, &tree_va, &n);
		again();
		*byte = was;
	}
}
