/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/plan.h"

#include <criterion/criterion.h>
#include <string.h>

#include "planned.h"

/*
 * Functions as Go's compiler writes them, each the first of a program. runtime.morestack_noctxt
 * comes last, so that the calls to it can be aimed.
 */
TestSuite(plan, .init = planned_init, .fini = planned_fini);

static const struct plan_function *plan_main_f(void)
{
	return plan_only("main.f");
}

static void add_morestack(size_t rel32_at)
{
	size_t morestack = GO_IMAGE_ADD(&image, "runtime.morestack_noctxt", 0x90, 0xc3);

	go_image_aim(&image, 0, rel32_at, morestack);
}

static void assert_entry(const struct plan_function *planned, enum entry_kind kind, uint64_t at)
{
	cr_assert_null(planned->refusal, "%s", planned->refusal);
	cr_assert_eq(planned->entry_kind, kind, "the entry is a %s",
		     entry_kind_name(planned->entry_kind));
	cr_assert_eq(planned->entry_va, planned->function->va + at);
}

static void assert_refused(const struct plan_function *planned, const char *saying)
{
	cr_assert_not_null(planned->refusal, "%s is traced", planned->function->name);
	cr_assert_not_null(strstr(planned->refusal, saying), "%s", planned->refusal);
	cr_assert_eq(plan.n_traced, 0);
	cr_assert_eq(plan_n_sites(&plan), 0);
}

Test(plan, enters_a_small_frame_at_the_jbe_of_its_stack_check)
{
	const struct plan_function *planned;

	GO_IMAGE_ADD(&image, "main.f", 0x49, 0x3b, 0x66, 0x10, /* cmp 0x10(%r14),%rsp */
		     0x76, 0x06, /* jbe 1f */
		     0x55, /* push %rbp */
		     0x48, 0x89, 0xe5, /* mov %rsp,%rbp */
		     0x5d, /* pop %rbp */
		     0xc3, /* ret */
		     0xe8, 0, 0, 0, 0, /* 1: call runtime.morestack_noctxt */
		     0xeb, 0xed); /* jmp main.f */
	add_morestack(13);
	planned = plan_main_f();
	assert_entry(planned, ENTRY_JBE, 4);
	cr_assert_eq(planned->n_returns, 1);
	cr_assert_eq(planned->return_vas[0], planned->function->va + 11);
	cr_assert_not(planned->is_g_in_tls);
	cr_assert_eq(planned->n_bytes, 19);
	cr_assert_eq(plan.n_traced, 1);
	cr_assert_eq(plan_n_sites(&plan), 2);
}

Test(plan, enters_a_frame_with_a_near_jbe_and_spilt_arguments)
{
	const struct plan_function *planned;

	GO_IMAGE_ADD(&image, "main.f", 0x49, 0x3b, 0x66, 0x10, /* cmp 0x10(%r14),%rsp */
		     0x0f, 0x86, 0x03, 0x00, 0x00, 0x00, /* jbe 1f */
		     0x55, 0x5d, 0xc3, /* push %rbp; pop %rbp; ret */
		     0x48, 0x89, 0x44, 0x24, 0x08, /* 1: mov %rax,8(%rsp) */
		     0xe8, 0, 0, 0, 0, /* call runtime.morestack_noctxt */
		     0x48, 0x8b, 0x44, 0x24, 0x08, /* mov 8(%rsp),%rax */
		     0xe9, 0xdf, 0xff, 0xff, 0xff); /* jmp main.f */
	add_morestack(19);
	planned = plan_main_f();
	assert_entry(planned, ENTRY_JBE, 4);
}

Test(plan, enters_a_medium_frame_at_the_jbe_of_its_stack_check)
{
	const struct plan_function *planned;

	GO_IMAGE_ADD(&image, "main.f", 0x4c, 0x8d, 0x64, 0x24, 0xa8, /* lea -0x58(%rsp),%r12 */
		     0x4d, 0x3b, 0x66, 0x10, /* cmp 0x10(%r14),%r12 */
		     0x76, 0x03, /* jbe 1f */
		     0x55, 0x5d, 0xc3, /* push %rbp; pop %rbp; ret */
		     0xe8, 0, 0, 0, 0, /* 1: call runtime.morestack_noctxt */
		     0xeb, 0xeb); /* jmp main.f */
	add_morestack(15);
	planned = plan_main_f();
	assert_entry(planned, ENTRY_JBE, 9);
}

Test(plan, enters_a_huge_frame_at_the_jbe_behind_its_jb)
{
	const struct plan_function *planned;

	GO_IMAGE_ADD(&image, "main.f", 0x49, 0x89, 0xe4, /* mov %rsp,%r12 */
		     0x49, 0x81, 0xec, 0x00, 0x20, 0x00, 0x00, /* sub $0x2000,%r12 */
		     0x72, 0x09, /* jb 1f */
		     0x4d, 0x3b, 0x66, 0x10, /* cmp 0x10(%r14),%r12 */
		     0x76, 0x03, /* jbe 1f */
		     0x55, 0x5d, 0xc3, /* push %rbp; pop %rbp; ret */
		     0xe8, 0, 0, 0, 0, /* 1: call runtime.morestack_noctxt */
		     0xeb, 0xe4); /* jmp main.f */
	add_morestack(22);
	planned = plan_main_f();
	assert_entry(planned, ENTRY_JBE, 16);
}

Test(plan, enters_a_frame_with_several_checks_at_the_last)
{
	const struct plan_function *planned;

	GO_IMAGE_ADD(&image, "main.f", 0x49, 0x3b, 0x66, 0x10, /* cmp 0x10(%r14),%rsp */
		     0x76, 0x0c, /* jbe 1f */
		     0x4c, 0x8d, 0x64, 0x24, 0x80, /* lea -0x80(%rsp),%r12 */
		     0x4d, 0x39, 0xcc, /* cmp %r9,%r12 */
		     0x76, 0x02, /* jbe 1f */
		     0x90, 0xc3, /* nop; ret */
		     0xe8, 0, 0, 0, 0, /* 1: call runtime.morestack_noctxt */
		     0xeb, 0xe7); /* jmp main.f */
	add_morestack(19);
	planned = plan_main_f();
	assert_entry(planned, ENTRY_JBE, 14);
}

Test(plan, enters_a_frame_of_go_1_16_behind_the_load_of_g)
{
	const struct plan_function *planned;

	go_image_init(&image, 16);
	GO_IMAGE_ADD(&image, "main.f", 0x64, 0x48, 0x8b, 0x0c, 0x25, 0xf8, 0xff, 0xff, 0xff,
		     /* mov %fs:-8,%rcx */
		     0x48, 0x3b, 0x61, 0x10, /* cmp 0x10(%rcx),%rsp */
		     0x76, 0x09, /* jbe 1f */
		     0x48, 0x83, 0xec, 0x08, /* sub $8,%rsp */
		     0x48, 0x83, 0xc4, 0x08, /* add $8,%rsp */
		     0xc3, /* ret */
		     0xe8, 0, 0, 0, 0, /* 1: call runtime.morestack_noctxt */
		     0xeb, 0xe1); /* jmp main.f */
	add_morestack(25);
	planned = plan_main_f();
	assert_entry(planned, ENTRY_JBE, 13);
	cr_assert(planned->is_g_in_tls);
}

Test(plan, takes_no_bounds_check_for_a_stack_check)
{
	const struct plan_function *planned;

	GO_IMAGE_ADD(&image, "main.f", 0x48, 0x39, 0xd9, /* cmp %rbx,%rcx */
		     0x76, 0x01, /* jbe 1f */
		     0xc3, /* ret */
		     0xe8, 0, 0, 0, 0, /* 1: call runtime.panicIndex */
		     0x0f, 0x0b); /* ud2 */
	go_image_aim(&image, 0, 7, GO_IMAGE_ADD(&image, "runtime.panicIndex", 0x0f, 0x0b));
	planned = plan_main_f();
	assert_entry(planned, ENTRY_FIRST, 0);
}

Test(plan, takes_no_branch_that_may_return_before_morestack_for_a_stack_check)
{
	const struct plan_function *planned;

	GO_IMAGE_ADD(&image, "main.f", 0x48, 0x39, 0xd9, /* cmp %rbx,%rcx */
		     0x76, 0x02, /* jbe 1f */
		     0x90, 0xc3, /* nop; ret */
		     0x90, 0xc3, /* 1: nop; ret */
		     0xe8, 0, 0, 0, 0, /* call runtime.morestack_noctxt */
		     0xc3);
	add_morestack(10);
	planned = plan_main_f();
	assert_entry(planned, ENTRY_FIRST, 0);
	cr_assert_eq(planned->n_returns, 3);
}

Test(plan, takes_no_jbe_behind_the_frame_for_a_stack_check)
{
	const struct plan_function *planned;

	GO_IMAGE_ADD(&image, "main.f", 0x55, /* push %rbp */
		     0x49, 0x3b, 0x66, 0x10, /* cmp 0x10(%r14),%rsp */
		     0x76, 0x02, /* jbe 1f */
		     0x5d, 0xc3, /* pop %rbp; ret */
		     0xe8, 0, 0, 0, 0, /* 1: call runtime.morestack_noctxt */
		     0x5d, 0xc3); /* pop %rbp; ret */
	add_morestack(10);
	planned = plan_main_f();
	assert_entry(planned, ENTRY_PUSH, 0);
	cr_assert_eq(planned->n_returns, 2);
}

Test(plan, enters_a_function_without_a_check_at_its_push)
{
	GO_IMAGE_ADD(&image, "main.f", 0x55, /* push %rbp */
		     0x48, 0x89, 0xe5, /* mov %rsp,%rbp */
		     0x5d, 0xc3); /* pop %rbp; ret */
	assert_entry(plan_main_f(), ENTRY_PUSH, 0);
}

Test(plan, enters_a_leaf_at_its_first_instruction)
{
	GO_IMAGE_ADD(&image, "main.f", 0x48, 0x01, 0xd8, 0xc3); /* add %rbx,%rax; ret */
	assert_entry(plan_main_f(), ENTRY_FIRST, 0);
}

Test(plan, refuses_a_function_that_never_returns)
{
	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xeb, 0xfe); /* nop; jmp to itself */
	assert_refused(plan_main_f(), "never returns");
}

Test(plan, refuses_a_jump_through_a_register)
{
	GO_IMAGE_ADD(&image, "main.f", 0x48, 0x8b, 0x00, 0xff, 0xe2, 0xc3);
	assert_refused(plan_main_f(), "register or pointer");
}

Test(plan, refuses_a_jump_to_code_that_no_function_holds)
{
	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xe9, 0, 0, 0x10, 0, 0xc3);
	assert_refused(plan_main_f(), "outside the function table");
}

Test(plan, traces_a_function_with_a_jump_table)
{
	const struct plan_function *planned;

	GO_IMAGE_ADD(&image, "main.f", 0x48, 0x83, 0xf8, 0x08, /* cmp $8,%rax */
		     0x73, 0x04, /* jae 1f */
		     0xff, 0x24, 0xc1, /* jmp *(%rcx,%rax,8) */
		     0xc3, /* ret */
		     0xc3); /* 1: ret */
	planned = plan_main_f();
	assert_entry(planned, ENTRY_FIRST, 0);
	cr_assert_eq(planned->n_returns, 2);
}

Test(plan, refuses_an_empty_function)
{
	GO_IMAGE_ADD(&image, "main.f", 0xc3);
	assert_refused(plan_main_f(), "empty");
}

Test(plan, refuses_a_function_that_begins_with_its_return)
{
	GO_IMAGE_ADD(&image, "main.f", 0xc3, 0x0f, 0x0b);
	assert_refused(plan_main_f(), "empty");
}

Test(plan, refuses_a_return_that_takes_arguments_off_the_stack)
{
	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xc3, 0xc2, 0x08, 0x00);
	assert_refused(plan_main_f(), "it returns at 0x401002 by another RET");
}

Test(plan, refuses_bytes_that_are_no_instruction)
{
	const struct plan_function *planned;

	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xc3, 0x06);
	planned = plan_main_f();
	assert_refused(planned, "0x401002");
	assert_refused(planned, "no instruction");
}

Test(plan, refuses_a_jump_back_to_the_first_instruction)
{
	GO_IMAGE_ADD(&image, "main.f", 0x48, 0xff, 0xc8, /* dec %rax */
		     0x75, 0xfb, /* jne main.f */
		     0xc3);
	assert_refused(plan_main_f(), "first instruction");
}

Test(plan, refuses_a_loop_that_takes_in_the_stack_check)
{
	GO_IMAGE_ADD(&image, "main.f", 0x49, 0x3b, 0x66, 0x10, /* cmp 0x10(%r14),%rsp */
		     0x76, 0x06, /* jbe to the call */
		     0x48, 0xff, 0xc8, /* dec %rax */
		     0x75, 0xf5, /* jne main.f */
		     0xc3, 0xe8, 0, 0, 0, 0, /* call runtime.morestack_noctxt */
		     0xeb, 0xed /* jmp main.f */);
	add_morestack(13);
	assert_refused(plan_main_f(), "first instruction");
}

Test(plan, refuses_a_stack_check_that_it_does_not_recognise)
{
	GO_IMAGE_ADD(&image, "main.f", 0x49, 0x3b, 0x66, 0x10, /* cmp 0x10(%r14),%rsp */
		     0x72, 0x03, /* jb instead of jbe */
		     0x55, 0x5d, 0xc3, /* push %rbp; pop %rbp; ret */
		     0xe8, 0, 0, 0, 0, /* call runtime.morestack_noctxt */
		     0xeb, 0xf0); /* jmp main.f */
	add_morestack(10);
	assert_refused(plan_main_f(), "first instruction");
}

Test(plan, refuses_a_function_that_switches_stacks)
{
	GO_IMAGE_ADD(&image, "main.f", 0x48, 0x89, 0xc4, 0xc3); /* mov %rax,%rsp; ret */
	image.functions[0].flags = PCLNTAB_FLAG_WRITES_SP;
	assert_refused(plan_main_f(), "switches stacks");
}

Test(plan, finds_the_goroutine_of_assembly_in_thread_local_storage)
{
	const struct plan_function *planned;

	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xc3);
	image.functions[0].flags = PCLNTAB_FLAG_ASSEMBLY;
	planned = plan_main_f();
	assert_entry(planned, ENTRY_FIRST, 0);
	cr_assert(planned->is_g_in_tls);
}

Test(plan, refuses_assembly_where_thread_local_storage_is_unknown)
{
	static const char tls[64];

	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xc3);
	image.functions[0].flags = PCLNTAB_FLAG_ASSEMBLY;
	elf_image_segment(&image.elf, PT_TLS, PF_R, 0x700000, tls, sizeof(tls));
	assert_refused(plan_main_f(), "thread-local storage");
}

Test(plan, keeps_the_functions_in_the_order_of_their_addresses)
{
	GO_IMAGE_ADD(&image, "main.f2", 0x90, 0xc3);
	GO_IMAGE_ADD(&image, "main.g", 0x90, 0xc3);
	GO_IMAGE_ADD(&image, "main.f1", 0xc3);
	GO_IMAGE_ADD(&image, "main.f0", 0x84, 0xc0, 0x74, 0x01, 0xc3, 0xc3);
	plan_only("main.f*");
	cr_assert_eq(plan.n_functions, 3);
	cr_assert_str_eq(plan.functions[0].function->name, "main.f2");
	cr_assert_str_eq(plan.functions[1].function->name, "main.f1");
	cr_assert_str_eq(plan.functions[2].function->name, "main.f0");
	cr_assert_eq(plan.n_traced, 2);
	cr_assert_eq(plan_n_sites(&plan), 2 + 3);
}

Test(plan, of_nothing_is_empty)
{
	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xc3);
	plan_only("main.none");
	cr_assert_eq(plan.n_functions, 0);
	cr_assert_eq(plan_n_sites(&plan), 0);
	cr_assert_eq(plan.recovery.va, 0);
	cr_assert_eq(plan.goexit.va, 0);
}

Test(plan, finds_the_places_in_the_runtime_where_frames_end)
{
	size_t recovery, gogo;

	GO_IMAGE_ADD(&image, "main.f", 0x90, 0xc3);
	recovery = GO_IMAGE_ADD(&image, "runtime.recovery", 0x55, 0xe8, 0, 0, 0, 0, 0x0f, 0x0b);
	gogo = GO_IMAGE_ADD(&image, "runtime.gogo", 0x90, 0x0f, 0x0b);
	GO_IMAGE_ADD(&image, "runtime.Goexit", 0x55, 0x0f, 0x0b);
	image.functions[gogo].flags = PCLNTAB_FLAG_ASSEMBLY;
	go_image_aim(&image, recovery, 2, gogo);
	plan_main_f();
	cr_assert_eq(plan.recovery.va, image.functions[recovery].va + 1);
	cr_assert(plan.recovery.is_argument_on_stack);
	cr_assert_eq(plan.goexit.va, image.functions[3].va);
	cr_assert_not(plan.goexit.is_jbe);
	cr_assert_not(plan.goexit.is_g_in_tls);
}
