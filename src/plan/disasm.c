/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/disasm.h"

#include <Zydis/Zydis.h>

/* Made once, as millions of instructions are decoded in one go. */
static struct decoders {
	bool are_made;
	ZydisDecoder brief; /* does without operands, flags and other attributes */
	ZydisDecoder full;
} decoders;

static const struct decoders *decoders_get(void)
{
	if (!decoders.are_made) {
		ZydisDecoderInit(&decoders.brief, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
		ZydisDecoderEnableMode(&decoders.brief, ZYDIS_DECODER_MODE_MINIMAL, true);
		ZydisDecoderInit(&decoders.full, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
		decoders.are_made = true;
	}
	return &decoders;
}

static enum insn_kind jmp_kind(const ZydisDecodedInstruction *insn)
{
	if (insn->raw.imm[0].is_relative)
		return INSN_JMP;
	/*
	 * ModRM with a memory operand and a SIB byte that names an index register (4 without REX.X:
	 * none).
	 */
	if (insn->raw.modrm.mod != 3 && insn->raw.modrm.rm == 4 &&
	    (insn->raw.sib.index != 4 || insn->raw.rex.X))
		return INSN_JMP_TABLE;
	return INSN_JMP_INDIRECT;
}

static enum insn_kind ret_kind(const ZydisDecodedInstruction *insn)
{
	const uint8_t operand_size = 0x66;

	for (int i = 0; i < insn->raw.prefix_count; i++)
		if (insn->raw.prefixes[i].value == operand_size)
			return INSN_RET_OTHER;
	if (insn->opcode == 0xc3)
		return INSN_RET;
	return insn->opcode == 0xc2 ? INSN_RET_OTHER : INSN_OTHER;
}

static enum insn_kind kind_of(const ZydisDecodedInstruction *insn)
{
	switch (insn->meta.category) {
	case ZYDIS_CATEGORY_RET:
		/* Not IRET, SYSRET and far returns, which share the category. */
		return ret_kind(insn);
	case ZYDIS_CATEGORY_CALL:
		return insn->mnemonic == ZYDIS_MNEMONIC_CALL ? INSN_CALL : INSN_OTHER;
	case ZYDIS_CATEGORY_UNCOND_BR:
		return insn->mnemonic == ZYDIS_MNEMONIC_JMP ? jmp_kind(insn) : INSN_OTHER;
	case ZYDIS_CATEGORY_COND_BR:
		return insn->raw.imm[0].is_relative ? INSN_JCC : INSN_OTHER;
	case ZYDIS_CATEGORY_PUSH:
		return insn->opcode >= 0x50 && insn->opcode <= 0x57 && insn->operand_width == 64
			       ? INSN_PUSH
			       : INSN_OTHER;
	default:
		return INSN_OTHER;
	}
}

bool disasm(const uint8_t *code, size_t n_bytes, uint64_t va, struct insn *ret)
{
	ZydisDecodedInstruction insn;

	if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoders_get()->brief, NULL, code, n_bytes,
						      &insn)))
		return false;
	*ret = (struct insn){
		.kind = kind_of(&insn),
		.n_bytes = insn.length,
		.is_jbe = insn.mnemonic == ZYDIS_MNEMONIC_JBE,
	};
	if ((ret->kind == INSN_CALL || ret->kind == INSN_JMP || ret->kind == INSN_JCC) &&
	    insn.raw.imm[0].is_relative)
		ret->target_va = va + insn.length + (uint64_t)insn.raw.imm[0].value.s;
	return true;
}

bool disasm_is_register_only(const uint8_t *code, size_t n_bytes)
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction insn;

	if (ZYAN_FAILED(
		    ZydisDecoderDecodeFull(&decoders_get()->full, code, n_bytes, &insn, operands)))
		return false;
	switch (insn.mnemonic) {
	case ZYDIS_MNEMONIC_MOV:
	case ZYDIS_MNEMONIC_LEA:
	case ZYDIS_MNEMONIC_SUB:
	case ZYDIS_MNEMONIC_CMP:
		break;
	default:
		return insn.meta.category == ZYDIS_CATEGORY_COND_BR;
	}
	return !(operands[0].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) ||
	       (operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
		ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64,
						 operands[0].reg.value) != ZYDIS_REGISTER_RSP);
}
