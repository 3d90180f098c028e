/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_PLAN_DISASM_H
#define GOTRACED_PLAN_DISASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One x86-64 instruction, as far as choosing probe sites needs to know it. Hides the disassembler
 * library.
 */
enum insn_kind {
	INSN_OTHER,
	INSN_RET, /* one that does nothing else */
	INSN_RET_OTHER, /* one that also takes arguments off the stack, or is not of 64 bits */
	INSN_CALL, /* direct: target_va is set; else 0 */
	INSN_JMP, /* direct: target_va is set */
	INSN_JMP_TABLE, /* through memory with an index register: a switch */
	INSN_JMP_INDIRECT, /* through a register or a plain pointer */
	INSN_JCC, /* conditional, loop and jrcxz included: target_va is set */
	INSN_PUSH, /* of a 64-bit register */
};

struct insn {
	enum insn_kind kind;
	uint8_t n_bytes;
	bool is_jbe; /* jump if CF or ZF */
	uint64_t target_va;
};

/* Decodes the instruction at code; va is its address. False when the bytes are no instruction. */
bool disasm(const uint8_t *code, size_t n_bytes, uint64_t va, struct insn *ret);

/*
 * True when the instruction can be part of a stack check: it computes in registers other than SP,
 * and neither writes memory nor leaves the straight line (conditional jumps excepted).
 */
bool disasm_is_register_only(const uint8_t *code, size_t n_bytes);

#endif
