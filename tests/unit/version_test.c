/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/version.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "elf_image.h"

enum { DATA_VA = 0x600000, DATA_BYTES = 512 };

static struct elf_image image;
static struct elf_file *elf;
static struct go_version version;
static char data[DATA_BYTES];

static void init(void)
{
	elf_image_init(&image);
}

static void fini(void)
{
	elf_file_close(elf);
	elf_image_fini(&image);
}

TestSuite(version, .init = init, .fini = fini);

static void put_header(size_t at, uint8_t flags)
{
	memcpy(data + at, "\xff Go buildinf:\x08", 15);
	data[at + 15] = flags;
}

static void put_inline(size_t at, const char *text)
{
	put_header(at, 2);
	data[at + 32] = strlen(text);
	strcpy(data + at + 33, text);
}

/* {address, length} of a text somewhere in the data, and the address of that pair in the header. */
static void put_pointers(uint64_t pair_va, uint64_t text_va, uint64_t length)
{
	const uint64_t pair[2] = { text_va, length };

	put_header(0, 0);
	memcpy(data + 16, &pair_va, sizeof(pair_va));
	memcpy(data + 64, pair, sizeof(pair));
}

static int read_version(bool has_section)
{
	struct reason why;
	uint64_t off;

	off = elf_image_segment(&image, PT_LOAD, PF_R | PF_W, DATA_VA, data, sizeof(data));
	if (has_section)
		elf_image_section(&image, ".go.buildinfo", SHT_PROGBITS, DATA_VA, off, 64, 0);
	elf_image_finish(&image);
	cr_assert_eq(elf_file_open(elf_image_write(&image), &elf, &why), 0, "%s", why.text);
	return go_version_read(elf, &version);
}

Test(version, is_read_where_it_follows_the_header)
{
	put_inline(0, "go1.22.12");
	cr_assert_eq(read_version(true), 0);
	cr_assert_eq(version.minor, 22);
	cr_assert_str_eq(version.text, "go1.22.12");
}

Test(version, is_read_through_a_pointer)
{
	strcpy(data + 96, "go1.15.15 and more");
	put_pointers(DATA_VA + 64, DATA_VA + 96, 9);
	cr_assert_eq(read_version(true), 0);
	cr_assert_eq(version.minor, 15);
	cr_assert_str_eq(version.text, "go1.15.15");
}

Test(version, is_found_without_sections)
{
	put_inline(48, "go1.27.3");
	cr_assert_eq(read_version(false), 0);
	cr_assert_eq(version.minor, 27);
}

Test(version, of_a_first_release_has_no_third_number)
{
	put_inline(0, "go1.21");
	cr_assert_eq(read_version(true), 0);
	cr_assert_eq(version.minor, 21);
}

Test(version, of_a_release_candidate_with_experiments_counts)
{
	put_inline(0, "go1.27rc1 X:nocoverageredesign");
	cr_assert_eq(read_version(true), 0);
	cr_assert_eq(version.minor, 27);
}

Test(version, of_a_development_build_counts)
{
	put_inline(0, "devel go1.28-abcdef Mon Jan 5");
	cr_assert_eq(read_version(true), 0);
	cr_assert_eq(version.minor, 28);
}

Test(version, that_is_too_long_is_cut)
{
	char text[128];

	memset(text, 'x', sizeof(text));
	memcpy(text, "go1.20 ", 7);
	text[127] = 0;
	put_inline(0, text);
	cr_assert_eq(read_version(true), 0);
	cr_assert_eq(version.minor, 20);
	cr_assert_eq(strlen(version.text), sizeof(version.text) - 1);
}

Test(version, of_no_go_program_is_none)
{
	cr_assert_eq(read_version(false), -ENOENT);
}

Test(version, under_a_bad_magic_is_refused)
{
	put_inline(0, "go1.22.12");
	data[3] = 'g';
	cr_assert_eq(read_version(true), -EINVAL);
}

Test(version, of_a_big_endian_program_is_refused)
{
	put_inline(0, "go1.22.12");
	data[15] = 3;
	cr_assert_eq(read_version(true), -EINVAL);
}

Test(version, that_names_no_release_is_refused)
{
	put_inline(0, "go2.1");
	cr_assert_eq(read_version(true), -EINVAL);
}

Test(version, with_a_number_past_all_bounds_is_no_old_one)
{
	put_inline(0, "go1.4294967295");
	cr_assert_eq(read_version(true), 0);
	cr_assert_geq(version.minor, 0);
}

Test(version, without_a_number_is_refused)
{
	put_inline(0, "go1.x");
	cr_assert_eq(read_version(true), -EINVAL);
}

Test(version, that_is_empty_is_refused)
{
	put_inline(0, "");
	cr_assert_eq(read_version(true), -EINVAL);
}

Test(version, with_control_characters_is_refused)
{
	put_inline(0, "go1.22\033[2J");
	cr_assert_eq(read_version(true), -EINVAL);
}

Test(version, with_a_pointer_to_nowhere_is_refused)
{
	put_pointers(0xdead0000, DATA_VA + 96, 9);
	cr_assert_eq(read_version(true), -EINVAL);
}

Test(version, whose_text_is_nowhere_is_refused)
{
	put_pointers(DATA_VA + 64, UINT64_MAX - 4, 9);
	cr_assert_eq(read_version(true), -EINVAL);
}

Test(version, whose_text_is_longer_than_the_file_is_refused)
{
	strcpy(data + DATA_BYTES - 8, "go1.15");
	put_pointers(DATA_VA + 64, DATA_VA + DATA_BYTES - 8, UINT64_MAX);
	cr_assert_eq(read_version(true), -EINVAL);
}

Test(version, cut_off_by_the_end_of_the_file_is_refused)
{
	struct reason why;

	put_inline(0, "go1.22.12");
	elf_image_segment(&image, PT_LOAD, PF_R | PF_W, DATA_VA, data, 36);
	elf_image_finish(&image);
	cr_assert_eq(elf_file_open(elf_image_write(&image), &elf, &why), 0, "%s", why.text);
	cr_assert_eq(go_version_read(elf, &version), -EINVAL);
	cr_assert_eq(version.minor, 0, "*ret is untouched on failure");
}
