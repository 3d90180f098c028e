/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/disasm.h"

#include <criterion/criterion.h>

/* Encodings are from the Intel manual (SDM volume 2). */
enum { VA = 0x401000 };

static struct insn insn;

#define DISASM(...)                                                                                \
	disasm((const uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }), VA, &insn)

#define ASSERT_INSN(kind_, length, ...)                                                            \
	do {                                                                                       \
		cr_assert(DISASM(__VA_ARGS__));                                                    \
		cr_assert_eq(insn.kind, kind_);                                                    \
		cr_assert_eq(insn.n_bytes, length);                                                \
	} while (0)

#define ASSERT_TARGET(kind_, length, target, ...)                                                  \
	do {                                                                                       \
		ASSERT_INSN(kind_, length, __VA_ARGS__);                                           \
		cr_assert_eq(insn.target_va, target);                                              \
	} while (0)

#define IS_REGISTER_ONLY(...)                                                                      \
	disasm_is_register_only((const uint8_t[]){ __VA_ARGS__ },                                  \
				sizeof((uint8_t[]){ __VA_ARGS__ }))

Test(disasm, knows_a_return)
{
	ASSERT_INSN(INSN_RET, 1, 0xc3);
	ASSERT_INSN(INSN_RET, 2, 0xf3, 0xc3); /* rep ret */
	ASSERT_INSN(INSN_RET, 2, 0x48, 0xc3); /* rex.w ret */
	ASSERT_INSN(INSN_RET_OTHER, 3, 0xc2, 0x08, 0x00); /* ret $8 */
	ASSERT_INSN(INSN_RET_OTHER, 2, 0x66, 0xc3); /* retw */
}

Test(disasm, takes_no_return_from_an_interrupt_or_system_call_for_one)
{
	ASSERT_INSN(INSN_OTHER, 2, 0x48, 0xcf); /* iretq */
	ASSERT_INSN(INSN_OTHER, 3, 0x48, 0x0f, 0x07); /* sysretq */
}

Test(disasm, knows_where_a_direct_call_leads)
{
	ASSERT_TARGET(INSN_CALL, 5, 0x401105, 0xe8, 0x00, 0x01, 0x00, 0x00);
	ASSERT_TARGET(INSN_CALL, 5, 0x401000, 0xe8, 0xfb, 0xff, 0xff, 0xff);
}

Test(disasm, knows_no_target_of_an_indirect_call)
{
	ASSERT_TARGET(INSN_CALL, 2, 0, 0xff, 0xd0); /* call *%rax */
	ASSERT_TARGET(INSN_CALL, 2, 0, 0xff, 0x12); /* call *(%rdx) */
	ASSERT_TARGET(INSN_CALL, 6, 0, 0xff, 0x15, 0x10, 0x00, 0x00, 0x00); /* call *0x10(%rip) */
	ASSERT_TARGET(INSN_CALL, 3, 0, 0x41, 0xff, 0xd4); /* call *%r12 */
}

Test(disasm, knows_where_a_direct_jump_leads)
{
	ASSERT_TARGET(INSN_JMP, 2, 0x401012, 0xeb, 0x10);
	ASSERT_TARGET(INSN_JMP, 2, 0x400f82, 0xeb, 0x80);
	ASSERT_TARGET(INSN_JMP, 5, 0x401000, 0xe9, 0xfb, 0xff, 0xff, 0xff);
	ASSERT_TARGET(INSN_JMP, 5, 0x801005, 0xe9, 0x00, 0x00, 0x40, 0x00);
}

Test(disasm, takes_a_jump_with_an_index_register_for_a_table)
{
	ASSERT_TARGET(INSN_JMP_TABLE, 3, 0, 0xff, 0x24, 0xc8); /* jmp *(%rax,%rcx,8) */
	ASSERT_TARGET(INSN_JMP_TABLE, 7, 0, 0xff, 0x24, 0xcd, 0, 0, 0x50,
		      0); /* *0x500000(,%rcx,8) */
	ASSERT_TARGET(INSN_JMP_TABLE, 4, 0, 0xff, 0x64, 0xc8, 0x10); /* *0x10(%rax,%rcx,8) */
}

Test(disasm, knows_r12_as_an_index_register)
{
	ASSERT_TARGET(INSN_JMP_TABLE, 4, 0, 0x42, 0xff, 0x24, 0xe0); /* jmp *(%rax,%r12,8) */
}

Test(disasm, takes_a_jump_through_rsp_or_r12_without_an_index_for_no_table)
{
	ASSERT_INSN(INSN_JMP_INDIRECT, 3, 0xff, 0x24, 0x24); /* jmp *(%rsp) */
	ASSERT_INSN(INSN_JMP_INDIRECT, 4, 0x41, 0xff, 0x24, 0x24); /* jmp *(%r12) */
	ASSERT_INSN(INSN_JMP_INDIRECT, 3, 0x41, 0xff, 0xe4); /* jmp *%r12 */
	ASSERT_INSN(INSN_JMP_INDIRECT, 2, 0xff, 0xe4); /* jmp *%rsp */
}

Test(disasm, knows_no_target_of_a_jump_through_a_register_or_pointer)
{
	ASSERT_TARGET(INSN_JMP_INDIRECT, 2, 0, 0xff, 0xe2); /* jmp *%rdx */
	ASSERT_TARGET(INSN_JMP_INDIRECT, 2, 0, 0xff, 0x22); /* jmp *(%rdx) */
	ASSERT_TARGET(INSN_JMP_INDIRECT, 3, 0, 0xff, 0x62, 0x18); /* jmp *0x18(%rdx) */
	ASSERT_TARGET(INSN_JMP_INDIRECT, 6, 0, 0xff, 0x25, 0, 0, 0, 0); /* jmp *0(%rip) */
}

Test(disasm, knows_where_a_conditional_jump_leads)
{
	ASSERT_TARGET(INSN_JCC, 2, 0x401007, 0x74, 0x05); /* je */
	ASSERT_TARGET(INSN_JCC, 2, 0x400ff2, 0x72, 0xf0); /* jb */
	ASSERT_TARGET(INSN_JCC, 6, 0x401106, 0x0f, 0x85, 0x00, 0x01, 0x00, 0x00); /* jne */
	cr_assert_not(insn.is_jbe);
}

Test(disasm, takes_loops_for_conditional_jumps)
{
	ASSERT_TARGET(INSN_JCC, 2, 0x400ffe, 0xe2, 0xfc); /* loop */
	ASSERT_TARGET(INSN_JCC, 2, 0x401004, 0xe3, 0x02); /* jrcxz */
}

Test(disasm, knows_a_jbe_short_and_near)
{
	ASSERT_TARGET(INSN_JCC, 2, 0x401022, 0x76, 0x20);
	cr_assert(insn.is_jbe);
	ASSERT_TARGET(INSN_JCC, 6, 0x401206, 0x0f, 0x86, 0x00, 0x02, 0x00, 0x00);
	cr_assert(insn.is_jbe);
}

Test(disasm, takes_a_jbs_neighbours_for_no_jbe)
{
	ASSERT_INSN(INSN_JCC, 2, 0x77, 0x20); /* ja */
	cr_assert_not(insn.is_jbe);
	ASSERT_INSN(INSN_JCC, 2, 0x72, 0x20); /* jb */
	cr_assert_not(insn.is_jbe);
	ASSERT_INSN(INSN_JCC, 6, 0x0f, 0x87, 0, 0, 0, 0); /* ja near */
	cr_assert_not(insn.is_jbe);
}

Test(disasm, knows_the_push_of_a_register)
{
	ASSERT_INSN(INSN_PUSH, 1, 0x55); /* rbp */
	ASSERT_INSN(INSN_PUSH, 2, 0x41, 0x54); /* r12 */
	ASSERT_INSN(INSN_PUSH, 1, 0x50); /* rax */
	ASSERT_INSN(INSN_PUSH, 2, 0x41, 0x57); /* r15 */
}

Test(disasm, takes_other_pushes_for_something_else)
{
	ASSERT_INSN(INSN_OTHER, 2, 0x6a, 0x01); /* push $1 */
	ASSERT_INSN(INSN_OTHER, 5, 0x68, 1, 0, 0, 0); /* push $1, long */
	ASSERT_INSN(INSN_OTHER, 2, 0xff, 0x30); /* push (%rax) */
	ASSERT_INSN(INSN_OTHER, 1, 0x9c); /* pushf */
	ASSERT_INSN(INSN_OTHER, 2, 0x0f, 0xa0); /* push %fs */
}

Test(disasm, takes_anything_else_for_something_else)
{
	ASSERT_INSN(INSN_OTHER, 1, 0x90); /* nop */
	ASSERT_INSN(INSN_OTHER, 3, 0x48, 0x89, 0xe5); /* mov %rsp,%rbp */
	ASSERT_INSN(INSN_OTHER, 2, 0x0f, 0x05); /* syscall */
	ASSERT_INSN(INSN_OTHER, 2, 0x0f, 0x0b); /* ud2 */
	ASSERT_INSN(INSN_OTHER, 1, 0xcc); /* int3 */
	ASSERT_INSN(INSN_OTHER, 6, 0x62, 0xf1, 0x7c, 0x48, 0x58,
		    0xc1); /* vaddps %zmm1,%zmm0,%zmm0 */
}

Test(disasm, does_not_decode_what_is_no_instruction)
{
	cr_assert_not(DISASM(0x06)); /* push %es, not in 64-bit mode */
	cr_assert_not(DISASM(0x0f, 0x04, 0xc0)); /* an opcode that is not defined */
	cr_assert_not(DISASM(0xea, 0, 0, 0, 0, 0, 0)); /* far jump, not in 64-bit mode */
	cr_assert_not(DISASM(0xf0, 0x90)); /* lock nop */
}

Test(disasm, does_not_decode_an_instruction_that_is_cut_off)
{
	const uint8_t call[] = { 0xe8, 0x00, 0x01, 0x00, 0x00 };

	for (size_t n = 0; n < sizeof(call); n++)
		cr_assert_not(disasm(call, n, VA, &insn), "%zu bytes", n);
	cr_assert(disasm(call, sizeof(call), VA, &insn));
	cr_assert_not(DISASM(0x48));
	cr_assert_not(DISASM(0x0f));
}

Test(disasm, does_not_decode_too_many_prefixes)
{
	cr_assert_not(DISASM(0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
			     0x66, 0x66, 0x66, 0x90));
}

Test(disasm, takes_the_insns_of_a_stack_check_for_register_only)
{
	cr_assert(IS_REGISTER_ONLY(0x49, 0x3b, 0x66, 0x10)); /* cmp 0x10(%r14),%rsp */
	cr_assert(IS_REGISTER_ONLY(0x4d, 0x3b, 0x66, 0x10)); /* cmp 0x10(%r14),%r12 */
	cr_assert(IS_REGISTER_ONLY(0x4c, 0x8d, 0x64, 0x24, 0xa8)); /* lea -0x58(%rsp),%r12 */
	cr_assert(IS_REGISTER_ONLY(0x49, 0x89, 0xe4)); /* mov %rsp,%r12 */
	cr_assert(IS_REGISTER_ONLY(0x49, 0x81, 0xec, 0, 0x10, 0, 0)); /* sub $0x1000,%r12 */
	cr_assert(IS_REGISTER_ONLY(0x64, 0x48, 0x8b, 0x0c, 0x25, 0xf8, 0xff, 0xff, 0xff)); /* g */
	cr_assert(IS_REGISTER_ONLY(0x48, 0x3b, 0x61, 0x10)); /* cmp 0x10(%rcx),%rsp */
	cr_assert(IS_REGISTER_ONLY(0x76, 0x20)); /* jbe */
	cr_assert(IS_REGISTER_ONLY(0x0f, 0x82, 0, 0, 0, 0)); /* jb */
}

Test(disasm, takes_what_moves_the_stack_pointer_for_more)
{
	cr_assert_not(IS_REGISTER_ONLY(0x55)); /* push %rbp */
	cr_assert_not(IS_REGISTER_ONLY(0x48, 0x83, 0xec, 0x18)); /* sub $0x18,%rsp */
	cr_assert_not(IS_REGISTER_ONLY(0x48, 0x8d, 0x64, 0x24, 0x80)); /* lea -0x80(%rsp),%rsp */
	cr_assert_not(IS_REGISTER_ONLY(0x48, 0x89, 0xec)); /* mov %rbp,%rsp */
	cr_assert_not(IS_REGISTER_ONLY(0xe8, 0, 0, 0, 0)); /* call */
	cr_assert_not(IS_REGISTER_ONLY(0xc3)); /* ret */
}

Test(disasm, takes_what_writes_memory_for_more)
{
	cr_assert_not(IS_REGISTER_ONLY(0x48, 0x89, 0x44, 0x24, 0x08)); /* mov %rax,8(%rsp) */
	cr_assert_not(IS_REGISTER_ONLY(0x48, 0x83, 0x28, 0x01)); /* subq $1,(%rax) */
}

Test(disasm, takes_what_leaves_the_straight_line_for_more)
{
	cr_assert_not(IS_REGISTER_ONLY(0xeb, 0x10)); /* jmp */
	cr_assert_not(IS_REGISTER_ONLY(0xff, 0xe2)); /* jmp *%rdx */
	cr_assert_not(IS_REGISTER_ONLY(0x0f, 0x05)); /* syscall */
}

Test(disasm, takes_nothing_undecodable_for_register_only)
{
	cr_assert_not(IS_REGISTER_ONLY(0x06));
	cr_assert_not(IS_REGISTER_ONLY(0x49, 0x3b, 0x66));
}
