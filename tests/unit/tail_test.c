/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/tail.h"

#include <criterion/criterion.h>
#include <string.h>

#include "planned.h"

/* Functions that end by jumping to other functions; main.f is the first. */
TestSuite(tail, .init = planned_init, .fini = planned_fini);

static void assert_refused(const char *part)
{
	const struct plan_function *planned = plan_only("main.f");

	cr_assert_not_null(planned->refusal);
	cr_assert_not_null(strstr(planned->refusal, part), "%s", planned->refusal);
}

/* main.f is: mov (%rax),%rax; jmp to the second function. */
static void add_jumper(void)
{
	GO_IMAGE_ADD(&image, "main.f", 0x48, 0x8b, 0x00, 0xe9, 0, 0, 0, 0);
}

static size_t add_target(void)
{
	size_t target = GO_IMAGE_ADD(&image, "main.target", 0x90, 0x75, 0x01, 0xc3, 0xc3);

	go_image_aim(&image, 0, 4, target);
	return target;
}

Test(tail, a_function_returns_by_the_rets_of_what_it_jumps_to)
{
	const struct plan_function *planned;
	uint64_t target_va;

	add_jumper();
	target_va = image.functions[add_target()].va;
	planned = plan_only("main.f");
	cr_assert_null(planned->refusal, "%s", planned->refusal);
	cr_assert_eq(planned->n_returns, 0);
	cr_assert_eq(planned->tail.n_targets, 1);
	cr_assert_str_eq(planned->tail.targets[0]->name, "main.target");
	cr_assert_eq(plan.n_returns, 2);
	for (size_t i = 0; i < 2; i++) {
		cr_assert_eq(plan.returns[i].va, target_va + 3 + i);
		cr_assert(plan.returns[i].is_foreign);
		cr_assert(plan.returns[i].ends_jumpers);
	}
	cr_assert_eq(plan_n_sites(&plan), 3);
}

Test(tail, a_ret_that_ends_several_functions_is_one_site)
{
	add_jumper();
	add_target();
	plan_only("main.*");
	cr_assert_eq(plan.n_traced, 2);
	cr_assert_eq(plan.n_returns, 2);
	cr_assert_eq(plan.returns[0].index, 1);
	cr_assert_not(plan.returns[0].is_foreign);
	cr_assert(plan.returns[0].ends_jumpers);
	cr_assert_not(plan.functions[0].is_jumped_to);
	cr_assert(plan.functions[1].is_jumped_to);
}

Test(tail, a_function_may_both_return_and_jump)
{
	uint64_t va;

	GO_IMAGE_ADD(&image, "main.f", 0x84, 0xc0, 0x0f, 0x84, 0, 0, 0, 0, 0xc3);
	add_target();
	va = image.functions[0].va;
	cr_assert_eq(plan_only("main.f")->n_returns, 1);
	cr_assert_eq(plan.n_returns, 3);
	cr_assert_eq(plan.returns[0].va, va + 8);
	cr_assert_not(plan.returns[0].is_foreign);
	cr_assert_not(plan.returns[0].ends_jumpers);
}

Test(tail, what_is_jumped_to_may_jump_on)
{
	const struct plan_function *planned;

	add_jumper();
	GO_IMAGE_ADD(&image, "main.between", 0x90, 0xe9, 0, 0, 0, 0);
	GO_IMAGE_ADD(&image, "main.last", 0x90, 0xc3);
	go_image_aim(&image, 0, 4, 1);
	go_image_aim(&image, 1, 2, 2);
	planned = plan_only("main.f");
	cr_assert_null(planned->refusal);
	cr_assert_eq(planned->tail.n_targets, 2);
	cr_assert_eq(plan.n_returns, 1);
}

Test(tail, jumps_in_a_circle_that_leads_back_are_refused)
{
	add_jumper();
	GO_IMAGE_ADD(&image, "main.between", 0x90, 0xe9, 0, 0, 0, 0);
	go_image_aim(&image, 0, 4, 1);
	go_image_aim(&image, 1, 2, 0);
	assert_refused("first instruction");
}

Test(tail, jumps_in_a_circle_further_on_end)
{
	add_jumper();
	GO_IMAGE_ADD(&image, "main.between", 0x90, 0xe9, 0, 0, 0, 0);
	GO_IMAGE_ADD(&image, "main.back", 0x90, 0xe9, 0, 0, 0, 0, 0xc3);
	go_image_aim(&image, 0, 4, 1);
	go_image_aim(&image, 1, 2, 2);
	go_image_aim(&image, 2, 2, 1);
	cr_assert_null(plan_only("main.f")->refusal);
	cr_assert_eq(plan.n_returns, 1);
}

Test(tail, a_jump_into_the_middle_of_a_function_is_refused)
{
	add_jumper();
	add_target();
	image.text[4] += 1;
	assert_refused("the middle of another function");
}

Test(tail, a_jump_with_the_frame_still_there_is_refused)
{
	add_jumper();
	add_target();
	image.functions[0].frame_bytes = 16;
	assert_refused("its frame still on the stack");
}

Test(tail, a_jump_to_what_never_returns_is_refused)
{
	add_jumper();
	GO_IMAGE_ADD(&image, "main.abort", 0x90, 0xeb, 0xfe);
	go_image_aim(&image, 0, 4, 1);
	assert_refused("never returns");
}

Test(tail, a_jump_to_what_switches_stacks_is_refused)
{
	add_jumper();
	image.functions[add_target()].flags = PCLNTAB_FLAG_WRITES_SP;
	assert_refused("main.target, which switches stacks");
}

Test(tail, a_jump_to_what_returns_in_another_way_is_refused)
{
	add_jumper();
	GO_IMAGE_ADD(&image, "main.odd", 0x90, 0xc2, 0x08, 0x00);
	go_image_aim(&image, 0, 4, 1);
	assert_refused("it ends in main.odd, which returns at 0x");
}

Test(tail, a_jump_to_what_does_not_decode_is_refused)
{
	add_jumper();
	GO_IMAGE_ADD(&image, "main.odd", 0x90, 0x06);
	go_image_aim(&image, 0, 4, 1);
	assert_refused("no instruction");
}

Test(tail, assembly_that_is_jumped_to_finds_its_goroutine_in_tls)
{
	add_jumper();
	image.functions[add_target()].flags = PCLNTAB_FLAG_ASSEMBLY;
	cr_assert_not(plan_only("main.f")->is_g_in_tls);
	cr_assert(plan.returns[0].is_g_in_tls);
}

Test(tail, too_many_functions_to_end_in_are_refused)
{
	static const char *const names[] = { "main.a", "main.b", "main.c", "main.d", "main.e",
					     "main.g", "main.h", "main.i", "main.j" };

	add_jumper();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t here = GO_IMAGE_ADD(&image, names[i], 0x90, 0x0f, 0x84, 0, 0, 0, 0, 0xc3);

		go_image_aim(&image, here - 1, here == 1 ? 4 : 3, here);
	}
	go_image_aim(&image, 9, 3, 1);
	assert_refused("more than 8");
}

Test(tail, too_many_jumps_out_are_refused)
{
	uint8_t jumps[2 * 300];

	for (size_t i = 0; i < sizeof(jumps); i += 2)
		memcpy(jumps + i, "\xff\xe2", 2); /* jmp *%rdx */
	go_image_add(&image, "main.f", jumps, sizeof(jumps));
	assert_refused("in more than 256 places");
}

Test(tail, an_abi_wrapper_is_refused_for_what_it_wraps)
{
	GO_IMAGE_ADD(&image, "main.f", 0xe8, 0, 0, 0, 0, 0xc3);
	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xc3);
	go_image_aim(&image, 0, 1, 1);
	image.functions[0].id = 22;
	image.functions[1].flags = PCLNTAB_FLAG_ASSEMBLY;
	assert_refused("only wraps the function of its name at 0x401020");
	cr_assert(plan.functions[0].is_abi_wrapper);
	cr_assert_eq(plan.n_traced, 1);
}

Test(tail, a_generic_function_that_calls_another_instance_is_no_wrapper)
{
	GO_IMAGE_ADD(&image, "main.f[...]", 0xe8, 0, 0, 0, 0, 0xc3);
	GO_IMAGE_ADD(&image, "main.f[...]", 0x90, 0xc3);
	go_image_aim(&image, 0, 1, 1);
	plan_only("main.f[...]");
	cr_assert_eq(plan.n_traced, 2);
}
