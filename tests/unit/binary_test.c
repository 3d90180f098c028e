/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/binary.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "go/inlined.h"
#include "go_image.h"

static struct go_image image;
static struct go_binary *binary;
static struct reason why;

static void fini(void)
{
	go_binary_close(binary);
	go_image_fini(&image);
}

TestSuite(binary, .fini = fini, .timeout = 60);

static void make(int go_minor)
{
	go_image_init(&image, go_minor);
	GO_IMAGE_ADD(&image, "main.first", 0x90, 0xc3);
	GO_IMAGE_ADD(&image, "main.F[...]", 0x90, 0x90, 0x90, 0xc3);
	GO_IMAGE_ADD(&image, "main.last", 0xc3);
}

/* Opens what has been finished and spoilt. */
static int open_spoilt(void)
{
	return go_binary_open(elf_image_write(&image.elf), &binary, &why);
}

Test(binary, has_its_functions_by_address)
{
	make(22);
	image.functions[0].flags = PCLNTAB_FLAG_ASSEMBLY;
	image.functions[2].flags = PCLNTAB_FLAG_WRITES_SP;
	binary = go_image_open(&image);
	cr_assert_eq(binary->version.minor, 22);
	cr_assert_eq(binary->n_functions, 3);
	for (size_t i = 0; i < 3; i++) {
		cr_assert_str_eq(binary->functions[i].name, image.functions[i].name);
		cr_assert_eq(binary->functions[i].va, image.functions[i].va);
		cr_assert_eq(binary->functions[i].is_assembly, i == 0);
		cr_assert_eq(binary->functions[i].writes_sp, i == 2);
	}
}

Test(binary, finds_the_function_that_holds_an_address)
{
	make(22);
	binary = go_image_open(&image);
	cr_assert_null(go_binary_function_at(binary, GO_IMAGE_TEXT_VA - 1));
	cr_assert_eq(go_binary_function_at(binary, GO_IMAGE_TEXT_VA), &binary->functions[0]);
	cr_assert_eq(go_binary_function_at(binary, GO_IMAGE_TEXT_VA + 31), &binary->functions[0]);
	cr_assert_eq(go_binary_function_at(binary, GO_IMAGE_TEXT_VA + 32), &binary->functions[1]);
	cr_assert_eq(go_binary_function_at(binary, GO_IMAGE_TEXT_VA + 95), &binary->functions[2]);
	cr_assert_null(go_binary_function_at(binary, GO_IMAGE_TEXT_VA + 96));
	cr_assert_null(go_binary_function_at(binary, 0));
	cr_assert_null(go_binary_function_at(binary, UINT64_MAX));
}

Test(binary, finds_a_function_by_its_whole_name)
{
	make(22);
	binary = go_image_open(&image);
	cr_assert_eq(go_binary_function_named(binary, "main.last"), &binary->functions[2]);
	cr_assert_null(go_binary_function_named(binary, "main.las"));
	cr_assert_null(go_binary_function_named(binary, ""));
}

Test(binary, takes_the_size_without_padding_from_the_symbols)
{
	make(22);
	go_image_symbol(&image, "main.first", STT_FUNC, image.functions[0].va, 2);
	go_image_symbol(&image, "main.last", STT_FUNC, image.functions[2].va, 4096);
	go_image_symbol(&image, "main.data", STT_OBJECT, image.functions[1].va, 1);
	go_image_symbol(&image, "main.inside", STT_FUNC, image.functions[1].va + 1, 1);
	binary = go_image_open(&image);
	cr_assert_eq(binary->functions[0].n_bytes, 2);
	cr_assert_eq(binary->functions[1].n_bytes, 32, "no function's symbol begins here");
	cr_assert_eq(binary->functions[2].n_bytes, 32, "a symbol makes no function larger");
	cr_assert_null(go_binary_function_at(binary, GO_IMAGE_TEXT_VA + 2));
}

Test(binary, takes_type_arguments_from_the_symbols)
{
	make(19);
	go_image_symbol(&image, "main.renamed", STT_FUNC, image.functions[0].va, 2);
	go_image_symbol(&image, "main.F[go.shape.int_0]", STT_FUNC, image.functions[1].va, 4);
	binary = go_image_open(&image);
	cr_assert_str_eq(binary->functions[0].name, "main.first");
	cr_assert_str_eq(binary->functions[1].name, "main.F[go.shape.int_0]");
}

Test(binary, takes_no_name_with_control_characters_from_the_symbols)
{
	make(19);
	image.functions[1].name = "main.F[...]";
	go_image_symbol(&image, "main.F[\033[2J]", STT_FUNC, image.functions[1].va, 4);
	binary = go_image_open(&image);
	cr_assert_str_eq(binary->functions[1].name, "main.F[...]");
}

Test(binary, whose_functions_overlap_is_refused)
{
	uint32_t *pairs;

	make(22);
	go_image_finish(&image);
	pairs = (uint32_t *)(image.elf.bytes + image.table_off + image.pairs_at);
	pairs[2] = 64; /* main.F begins where main.last does */
	cr_assert_eq(open_spoilt(), -EINVAL);
	cr_assert_not_null(strstr(why.text, "damaged at entry 1"), "%s", why.text);
}

Test(binary, whose_functions_lie_outside_of_the_code_is_refused)
{
	uint32_t *pairs;

	make(22);
	go_image_finish(&image);
	pairs = (uint32_t *)(image.elf.bytes + image.table_off + image.pairs_at);
	pairs[6] = 1 << 20; /* the end of the last one */
	cr_assert_eq(open_spoilt(), -EINVAL);
	cr_assert_not_null(strstr(why.text, "main.last does not lie in the code"), "%s", why.text);
}

Test(binary, without_a_version_is_refused)
{
	make(22);
	go_image_finish(&image);
	memset(image.elf.bytes + image.data_off, 0, 64);
	cr_assert_eq(open_spoilt(), -EINVAL);
	cr_assert_not_null(strstr(why.text, "version"), "%s", why.text);
}

Test(binary, that_is_no_go_program_is_called_so)
{
	elf_image_init(&image.elf);
	elf_image_segment(&image.elf, PT_LOAD, PF_R | PF_X, GO_IMAGE_TEXT_VA, "\xc3", 1);
	elf_image_finish(&image.elf);
	cr_assert_eq(open_spoilt(), -ENOENT);
	cr_assert_not_null(strstr(why.text, "not a Go program"), "%s", why.text);
}

Test(binary, that_was_never_opened_can_be_closed)
{
	go_binary_close(NULL);
}

struct seen {
	char text[256];
	int n_left; /* visits until it is enough */
};

static bool note(const char *callee, const struct go_function *into, void *context)
{
	struct seen *seen = context;

	strcat(seen->text, callee);
	strcat(seen->text, ">");
	strcat(seen->text, into->name);
	strcat(seen->text, " ");
	return --seen->n_left == 0;
}

static void inline_two(int go_minor)
{
	make(go_minor);
	image.functions[0].inlined[0] = "strings.Index";
	image.functions[0].n_inlined = 1;
	image.functions[2].inlined[0] = "main.small";
	image.functions[2].inlined[1] = "main.tiny";
	image.functions[2].n_inlined = 2;
}

Test(binary, knows_the_calls_that_were_inlined)
{
	const int minors[] = { 15, 16, 17, 18, 19, 20, 21, 26, 27 };

	for (size_t i = 0; i < sizeof(minors) / sizeof(minors[0]); i++) {
		struct seen seen = { .n_left = 100 };

		inline_two(minors[i]);
		binary = go_image_open(&image);
		cr_assert_not(inlined_each(binary, note, &seen));
		cr_assert_str_eq(seen.text,
				 "strings.Index>main.first main.small>main.last "
				 "main.tiny>main.last ",
				 "1.%d: %s", minors[i], seen.text);
		fini();
		binary = NULL;
	}
}

Test(binary, stops_at_the_inlined_call_that_was_looked_for)
{
	struct seen seen = { .n_left = 2 };

	inline_two(22);
	binary = go_image_open(&image);
	cr_assert(inlined_each(binary, note, &seen));
	cr_assert_str_eq(seen.text, "strings.Index>main.first main.small>main.last ");
}

Test(binary, leaves_out_inlined_calls_whose_tree_lies_outside)
{
	struct seen seen = { .n_left = 100 };
	uint32_t far = 1 << 23;

	inline_two(22);
	go_image_finish(&image);
	memcpy(image.elf.bytes + image.table_off + image.functions[0].record_at + 44 + 3 * 4 +
		       3 * 4,
	       &far, sizeof(far));
	cr_assert_eq(open_spoilt(), 0, "%s", why.text);
	cr_assert_not(inlined_each(binary, note, &seen));
	cr_assert_str_eq(seen.text, "main.small>main.last main.tiny>main.last ");
}

Test(binary, survives_any_byte_of_its_tables_being_spoilt)
{
	inline_two(22);
	go_image_finish(&image);
	for (uint64_t off = image.table_off; off < image.data_off + 0x400; off++) {
		struct seen seen = { .n_left = 3 };
		uint8_t *byte = &image.elf.bytes[off];

		*byte ^= 0x81;
		if (open_spoilt() == 0)
			inlined_each(binary, note, &seen);
		fini();
		binary = NULL;
		*byte ^= 0x81;
	}
}
