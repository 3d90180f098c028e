/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/source_frame.h"

#include <criterion/criterion.h>
#include <string.h>

#include "go_image.h"

enum { N_ROOM = 8 };

static struct go_image image;
static struct go_binary *binary;
static struct source_frame frames[N_ROOM];

static void fini(void)
{
	go_binary_close(binary);
	binary = NULL;
	go_image_fini(&image);
}

TestSuite(source_frame, .fini = fini, .timeout = 60);

/* Go releases of all formats. */
static const int minors[] = { 15, 16, 17, 18, 19, 20, 21, 22, 25, 27 };

#define N_MINORS (sizeof(minors) / sizeof(minors[0]))

static uint8_t wrapper_id(int go_minor)
{
	if (go_minor <= 17)
		return 22;
	if (go_minor <= 21)
		return 21;
	return go_minor <= 24 ? 22 : 23;
}

/*
 * main.outer at line 100 has eight bytes, one a line. Its first is of main.leaf, called where the
 * sixth stands; its second is of main.inner, which is called by main.middle, of which the third is,
 * which is called where the seventh stands.
 */
static void make(int go_minor)
{
	struct go_image_function *outer;

	go_image_init(&image, go_minor);
	GO_IMAGE_ADD(&image, "main.before", 0x90, 0xc3);
	outer = &image.functions[GO_IMAGE_ADD(&image, "main.outer", 0x90, 0x90, 0x90, 0x90, 0x90,
					      0x90, 0x90, 0xc3)];
	outer->file = "/src/outer.go";
	outer->line = 100;
	outer->inlined[0] = "main.leaf";
	outer->inlined[1] = "main.middle";
	outer->inlined[2] = "main.inner";
	outer->n_inlined = 3;
	outer->parent_offs[0] = 5;
	outer->parent_offs[1] = 6;
	outer->parent_offs[2] = 1;
}

static uint64_t outer_va(void)
{
	return image.functions[1].va;
}

static size_t frames_at(uint64_t off)
{
	memset(frames, 0x5a, sizeof(frames));
	return source_frames_at(binary, outer_va() + off, false, frames, N_ROOM);
}

static void assert_frame(size_t i, const char *function, uint32_t line, bool is_inlined)
{
	cr_assert_str_eq(frames[i].function, function, "1.%d", image.go_minor);
	cr_assert_str_eq(frames[i].file, "/src/outer.go", "1.%d", image.go_minor);
	cr_assert_eq(frames[i].line, line, "1.%d: line %u", image.go_minor, frames[i].line);
	cr_assert_eq(frames[i].is_inlined, is_inlined);
	cr_assert_not(frames[i].is_wrapper);
}

Test(source_frame, is_one_where_nothing_was_inlined)
{
	for (size_t i = 0; i < N_MINORS; i++) {
		make(minors[i]);
		binary = go_image_open(&image);
		cr_assert_eq(frames_at(4), 1);
		assert_frame(0, "main.outer", 104, false);
		fini();
	}
}

Test(source_frame, is_followed_by_those_that_it_was_inlined_into)
{
	for (size_t i = 0; i < N_MINORS; i++) {
		make(minors[i]);
		binary = go_image_open(&image);
		cr_assert_eq(frames_at(0), 2);
		assert_frame(0, "main.leaf", 100, true);
		assert_frame(1, "main.outer", 105, false);
		cr_assert_eq(frames_at(2), 3);
		assert_frame(0, "main.inner", 102, true);
		assert_frame(1, "main.middle", 101, true);
		assert_frame(2, "main.outer", 106, false);
		fini();
	}
}

Test(source_frame, of_a_return_address_is_that_of_the_call)
{
	make(22);
	binary = go_image_open(&image);
	cr_assert_eq(source_frames_at(binary, outer_va() + 5, true, frames, N_ROOM), 1);
	assert_frame(0, "main.outer", 104, false);
	/* Behind the last instruction, where a function that does not return was called. */
	cr_assert_eq(source_frames_at(binary, outer_va() + 8, true, frames, N_ROOM), 1);
	assert_frame(0, "main.outer", 107, false);
}

Test(source_frame, of_a_return_address_at_which_a_function_begins_is_that_function)
{
	make(22);
	image.functions[1].n_inlined = 0;
	binary = go_image_open(&image);
	cr_assert_eq(source_frames_at(binary, outer_va(), true, frames, N_ROOM), 1);
	assert_frame(0, "main.outer", 100, false);
}

Test(source_frame, is_none_outside_of_the_functions)
{
	const uint64_t vas[] = { 0, 1, GO_IMAGE_TEXT_VA - 1, GO_IMAGE_DATA_VA, UINT64_MAX };

	make(22);
	binary = go_image_open(&image);
	for (size_t i = 0; i < sizeof(vas) / sizeof(vas[0]); i++) {
		cr_assert_eq(source_frames_at(binary, vas[i], false, frames, N_ROOM), 0);
		cr_assert_eq(source_frames_at(binary, vas[i], true, frames, N_ROOM), 0);
	}
}

Test(source_frame, is_left_out_where_there_is_no_room)
{
	make(22);
	binary = go_image_open(&image);
	cr_assert_eq(source_frames_at(binary, outer_va() + 2, false, frames, 0), 0);
	cr_assert_eq(source_frames_at(binary, outer_va() + 2, false, frames, 2), 2);
	assert_frame(0, "main.inner", 102, true);
	assert_frame(1, "main.middle", 101, true);
	cr_assert_eq(source_frames_at(binary, outer_va() + 2, false, frames, 3), 3);
}

Test(source_frame, tells_a_wrapper)
{
	for (size_t i = 0; i < N_MINORS; i++) {
		make(minors[i]);
		image.functions[1].inlined_ids[0] = wrapper_id(minors[i]);
		image.functions[1].inlined_ids[1] = 3;
		image.functions[0].id = wrapper_id(minors[i]);
		binary = go_image_open(&image);
		cr_assert_eq(frames_at(0), 2);
		cr_assert(frames[0].is_wrapper && frames[0].is_inlined);
		cr_assert_not(frames[1].is_wrapper);
		cr_assert_eq(frames_at(1), 2);
		cr_assert_not(frames[0].is_wrapper);
		cr_assert_eq(source_frames_at(binary, GO_IMAGE_TEXT_VA, false, frames, N_ROOM), 1);
		cr_assert(frames[0].is_wrapper && !frames[0].is_inlined);
		fini();
	}
}

Test(source_frame, of_a_newer_release_is_a_wrapper_by_its_name)
{
	make(28);
	image.functions[1].inlined_ids[0] = 24;
	image.functions[1].inlined_ids[1] = 24;
	image.functions[1].inlined[1] = "runtime.gopanic";
	binary = go_image_open(&image);
	cr_assert_eq(frames_at(0), 2);
	cr_assert(frames[0].is_wrapper);
	cr_assert_eq(frames_at(1), 2);
	cr_assert_not(frames[0].is_wrapper);
}

static void assert_unknown_line(size_t i)
{
	cr_assert_str_eq(frames[i].file, "?");
	cr_assert_eq(frames[i].line, 0);
}

Test(source_frame, without_a_file_has_no_line)
{
	for (size_t i = 0; i < N_MINORS; i++) {
		make(minors[i]);
		binary = go_image_open(&image);
		cr_assert_eq(source_frames_at(binary, GO_IMAGE_TEXT_VA, false, frames, N_ROOM), 1);
		cr_assert_str_eq(frames[0].function, "main.before");
		assert_unknown_line(0);
		fini();
	}
}

/* What a test has spoilt is not laid down again. */
static void open_finished(void)
{
	struct reason why = { "" };

	cr_assert_eq(go_binary_open(elf_image_write(&image.elf), &binary, &why), 0, "%s", why.text);
}

/* In a program of Go 1.22, of which it matters where things are. */
static void open_spoilt(uint64_t at, uint32_t value)
{
	memcpy(image.elf.bytes + image.table_off + at, &value, sizeof(value));
	open_finished();
}

static void make_finished(void)
{
	make(22);
	go_image_finish(&image);
}

/* Offsets in a _func record and in an inline record. */
enum {
	FILE_TABLE = 20,
	LINE_TABLE = 24,
	UNIT = 32,
	TREE = 68,
	RECORD_BYTES = 16,
	NAME = 4,
	PARENT = 8,
};

Test(source_frame, whose_file_or_line_lies_outside_has_none)
{
	const uint32_t fields[] = { FILE_TABLE, LINE_TABLE, UNIT }, values[] = { 0, UINT32_MAX };

	for (size_t i = 0; i < 6; i++) {
		/* The unit of the other function has no file. */
		make_finished();
		open_spoilt(image.functions[1].record_at + fields[i / 2], values[i % 2]);
		cr_assert_eq(frames_at(4), 1);
		cr_assert_str_eq(frames[0].function, "main.outer");
		assert_unknown_line(0);
		fini();
	}
	make_finished();
	open_spoilt(image.units_at + 3 * sizeof(uint32_t), UINT32_MAX);
	cr_assert_eq(frames_at(4), 1);
	assert_unknown_line(0);
}

Test(source_frame, whose_file_would_upset_a_terminal_has_none)
{
	make(22);
	image.functions[1].file = "/src/\033[2J.go";
	binary = go_image_open(&image);
	cr_assert_eq(frames_at(4), 1);
	assert_unknown_line(0);
}

Test(source_frame, of_a_call_within_itself_ends_with_the_function)
{
	make(22);
	image.functions[1].parent_offs[0] = 0;
	image.functions[1].parent_offs[1] = 2;
	binary = go_image_open(&image);
	cr_assert_eq(frames_at(0), 2);
	assert_frame(0, "main.leaf", 100, true);
	assert_frame(1, "main.outer", 100, false);
	cr_assert_eq(frames_at(2), 3);
	assert_frame(2, "main.outer", 102, false);
}

Test(source_frame, of_a_call_from_outside_of_the_function_ends_with_that)
{
	make(22);
	image.functions[1].parent_offs[0] = UINT32_MAX;
	binary = go_image_open(&image);
	cr_assert_eq(frames_at(0), 2);
	assert_frame(0, "main.leaf", 100, true);
	cr_assert_str_eq(frames[1].function, "main.outer");
	assert_unknown_line(1);
}

Test(source_frame, is_the_function_alone_where_the_inline_tree_is_damaged)
{
	make_finished();
	open_spoilt(image.trees_at + NAME, UINT32_MAX);
	cr_assert_eq(frames_at(0), 1);
	assert_frame(0, "main.outer", 100, false);
	fini();
	make_finished();
	open_spoilt(image.functions[1].record_at + TREE, 0x7fffffff);
	cr_assert_eq(frames_at(0), 1);
	assert_frame(0, "main.outer", 100, false);
}

Test(source_frame, survives_any_byte_of_the_table_being_spoilt)
{
	struct reason why = { "" };

	for (size_t i = 0; i < N_MINORS; i += 3) {
		make(minors[i]);
		go_image_finish(&image);
		for (uint64_t at = 0; at < image.table_bytes; at++) {
			uint8_t *byte = &image.elf.bytes[image.table_off + at], was = *byte;

			*byte ^= 0xff;
			if (go_binary_open(elf_image_write(&image.elf), &binary, &why) == 0)
				for (uint64_t off = 0; off < 16; off++)
					frames_at(off);
			go_binary_close(binary);
			binary = NULL;
			elf_image_fini(&image.elf);
			*byte = was;
		}
		fini();
	}
}
