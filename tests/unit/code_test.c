/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/code.h"

#include <criterion/criterion.h>
#include <errno.h>

#include "go_image.h"

static struct go_image image;
static struct go_binary *binary;
static struct code code;

static void init(void)
{
	go_image_init(&image, 22);
}

static void fini(void)
{
	code_fini(&code);
	go_binary_close(binary);
	go_image_fini(&image);
}

TestSuite(code, .init = init, .fini = fini);

static uint64_t sweep(size_t function)
{
	binary = go_image_open(&image);
	cr_assert_eq(code_init(&code, binary, &binary->functions[function]), 0);
	return image.functions[function].va;
}

Test(code, finds_every_return)
{
	uint64_t va;

	GO_IMAGE_ADD(&image, "main.f", 0x84, 0xc0, /* test %al,%al */
		     0x74, 0x01, /* je 1f */
		     0xc3, /* ret */
		     0x84, 0xdb, /* 1: test %bl,%bl */
		     0x74, 0x01, /* je 2f */
		     0xc3, /* ret */
		     0x90, /* 2: nop */
		     0xc3); /* ret */
	va = sweep(0);
	cr_assert_eq(code.n_returns, 3);
	cr_assert_eq(code.return_vas[0], va + 4);
	cr_assert_eq(code.return_vas[1], va + 9);
	cr_assert_eq(code.return_vas[2], va + 11);
	cr_assert_eq(code.n_exits, 0);
	cr_assert_eq(code.undecodable_va, 0);
}

Test(code, takes_no_byte_within_an_instruction_for_a_return)
{
	uint64_t va;

	GO_IMAGE_ADD(&image, "main.f", 0xb8, 0xc3, 0xc3, 0xc3, 0xc3, /* mov $0xc3c3c3c3,%eax */
		     0xc3);
	va = sweep(0);
	cr_assert_eq(code.n_returns, 1);
	cr_assert_eq(code.return_vas[0], va + 5);
}

Test(code, leaves_the_padding_out)
{
	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xc3);
	sweep(0);
	cr_assert_eq(code.n_bytes, 2);
}

Test(code, stops_where_nothing_decodes)
{
	uint64_t va;

	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xc3, 0x06, 0xc3);
	va = sweep(0);
	cr_assert_eq(code.undecodable_va, va + 2);
	cr_assert_eq(code.n_returns, 1);
}

Test(code, does_not_decode_an_instruction_past_the_functions_end)
{
	uint64_t va;

	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xe8, 0x00);
	go_image_symbol(&image, "main.f", STT_FUNC, image.functions[0].va, 3);
	va = sweep(0);
	cr_assert_eq(code.undecodable_va, va + 1);
}

Test(code, takes_jumps_within_a_function_for_part_of_it)
{
	GO_IMAGE_ADD(&image, "main.f", 0x90, /* nop */
		     0xeb, 0x01, /* jmp 1f */
		     0x90, /* nop */
		     0x75, 0xfb, /* 1: jne -5, to the jmp */
		     0xff, 0x24, 0xc8, /* jmp *(%rax,%rcx,8): a switch */
		     0xc3);
	sweep(0);
	cr_assert_eq(code.n_exits, 0);
	cr_assert_not(code.is_start_repeated);
}

Test(code, knows_a_jump_to_another_function)
{
	uint64_t va;

	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xe9, 0, 0, 0, 0);
	GO_IMAGE_ADD(&image, "main.g", 0x90, 0xc3);
	go_image_aim(&image, 0, 2, 1);
	va = sweep(0);
	cr_assert_eq(code.n_exits, 1);
	cr_assert_eq(code.exits[0].va, va + 1);
	cr_assert_eq(code.exits[0].target_va, image.functions[1].va);
}

Test(code, knows_a_conditional_jump_to_another_function)
{
	uint64_t va;

	GO_IMAGE_ADD(&image, "main.f", 0x0f, 0x84, 0, 0, 0, 0, 0xc3);
	GO_IMAGE_ADD(&image, "main.g", 0x90, 0xc3);
	go_image_aim(&image, 0, 2, 1);
	va = sweep(0);
	cr_assert_eq(code.n_exits, 1);
	cr_assert_eq(code.exits[0].va, va);
	cr_assert_eq(code.n_returns, 1);
}

Test(code, knows_every_jump_out)
{
	uint64_t va;

	GO_IMAGE_ADD(&image, "main.f", 0xff, 0xe2, 0xe9, 0, 0, 0, 0);
	GO_IMAGE_ADD(&image, "main.g", 0x90, 0xc3);
	go_image_aim(&image, 0, 3, 1);
	va = sweep(0);
	cr_assert_eq(code.n_exits, 2);
	cr_assert_eq(code.exits[0].va, va);
	cr_assert_eq(code.exits[0].target_va, 0, "where a register leads is not known");
	cr_assert_eq(code.exits[1].va, va + 2);
	cr_assert_eq(code.exits[1].target_va, image.functions[1].va);
}

Test(code, knows_a_jump_back_to_the_start)
{
	GO_IMAGE_ADD(&image, "main.f", 0x90, 0x75, 0xfd, 0xc3);
	sweep(0);
	cr_assert(code.is_start_repeated);
	cr_assert_eq(code.n_exits, 0);
}

Test(code, knows_a_call_of_a_function_of_the_same_name)
{
	GO_IMAGE_ADD(&image, "main.f", 0xe8, 0, 0, 0, 0, 0xe8, 0, 0, 0, 0, 0xc3);
	GO_IMAGE_ADD(&image, "main.g", 0x90, 0xc3);
	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xc3);
	go_image_aim(&image, 0, 1, 2);
	go_image_aim(&image, 0, 6, 1);
	image.functions[0].id = 22;
	sweep(0);
	cr_assert_eq(code.namesake, &binary->functions[2]);
}

Test(code, takes_recursion_for_no_namesake)
{
	GO_IMAGE_ADD(&image, "main.f", 0xe8, 0, 0, 0, 0, 0xc3);
	go_image_aim(&image, 0, 1, 0);
	image.functions[0].id = 22;
	sweep(0);
	cr_assert_null(code.namesake);
}

Test(code, knows_a_push_only_at_the_start)
{
	GO_IMAGE_ADD(&image, "main.f", 0x55, 0x5d, 0xc3);
	sweep(0);
	cr_assert(code.is_first_push);
}

Test(code, takes_a_later_push_for_nothing_special)
{
	GO_IMAGE_ADD(&image, "main.f", 0x90, 0x55, 0x5d, 0xc3);
	sweep(0);
	cr_assert_not(code.is_first_push);
}

Test(code, finds_the_call_of_a_function)
{
	bool is_assembly = false;
	uint64_t va;

	GO_IMAGE_ADD(&image, "runtime.recovery", 0x90, 0xe8, 0, 0, 0, 0, 0xe8, 0, 0, 0, 0, 0xc3);
	GO_IMAGE_ADD(&image, "runtime.other", 0x90, 0xc3);
	GO_IMAGE_ADD(&image, "runtime.gogo", 0x90, 0xc3);
	image.functions[2].flags = PCLNTAB_FLAG_ASSEMBLY;
	go_image_aim(&image, 0, 2, 1);
	go_image_aim(&image, 0, 7, 2);
	va = sweep(0);
	cr_assert_eq(code_find_call(binary, &binary->functions[0], "runtime.gogo", &is_assembly),
		     va + 6);
	cr_assert(is_assembly);
	cr_assert_eq(code_find_call(binary, &binary->functions[0], "runtime.other", &is_assembly),
		     va + 1);
	cr_assert_not(is_assembly);
	cr_assert_eq(code_find_call(binary, &binary->functions[0], "runtime.none", &is_assembly),
		     0);
}

Test(code, of_a_function_outside_of_the_file_is_refused)
{
	const struct go_function outside = { .name = "main.g", .va = 0x999000, .n_bytes = 16 };

	GO_IMAGE_ADD(&image, "main.f", 0xc3);
	binary = go_image_open(&image);
	cr_assert_eq(code_init(&code, binary, &outside), -EINVAL);
}
