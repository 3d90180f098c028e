/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exercise.h"
#include "go_image.h"
#include "input.h"
#include "plan/code.h"
#include "plan/disasm.h"
#include "program.h"
#include "require.h"

/*
 * The input: the Go release; then functions, each with its flags (8 bits), its size (16 bits) and
 * its code. Two precede them that code may call: runtime.morestack_noctxt and runtime.gogo.
 */
enum { MAX_FUNCTION_BYTES = 1024 };

static const char *const names[] = {
	"runtime.recovery", "runtime.Goexit", "main.a", "main.b", "main.c", "main.d",
};

static void add_functions(struct go_image *image, struct span input)
{
	size_t n_names = sizeof(names) / sizeof(names[0]);

	GO_IMAGE_ADD(image, "runtime.morestack_noctxt", 0x31, 0xd2, 0xc3);
	image->functions[GO_IMAGE_ADD(image, "runtime.gogo", 0xff, 0xe3)].flags =
		PCLNTAB_FLAG_ASSEMBLY;
	for (size_t i = 0; i < n_names && input.n_bytes > 3; i++) {
		uint8_t flags = take_u8(&input);
		struct span code = take(&input, 1 + take_u16(&input) % MAX_FUNCTION_BYTES);

		image->functions[go_image_add(image, names[i], code.data, code.n_bytes)].flags =
			flags;
	}
}

/* Reads the instructions at every offset, from memory that ends where the function does. */
static void disassemble(const uint8_t *code, size_t n_bytes, uint64_t va)
{
	uint8_t *exact = malloc(n_bytes);

	require(exact);
	memcpy(exact, code, n_bytes);
	for (size_t at = 0; at < n_bytes; at++) {
		struct insn insn;

		disasm_is_register_only(exact + at, n_bytes - at);
		if (!disasm(exact + at, n_bytes - at, va + at, &insn))
			continue;
		require(insn.n_bytes > 0 && insn.n_bytes <= 15 && insn.n_bytes <= n_bytes - at);
		require(!insn.is_jbe || insn.kind == INSN_JCC);
	}
	free(exact);
}

static void check_code(const struct go_binary *binary, const struct go_function *function)
{
	bool is_assembly;
	struct code code;

	require(code_init(&code, binary, function) == 0);
	require(code.n_bytes <= function->n_bytes);
	for (size_t i = 0; i < code.n_returns; i++)
		require(code.return_vas[i] - function->va < code.n_bytes);
	require(!code.undecodable_va || code.undecodable_va - function->va < function->n_bytes);
	for (size_t i = 0; i < code.n_exits; i++)
		require(code.exits[i].va - function->va < code.n_bytes);
	require(!code.stack_check_va || code.stack_check_va - function->va < function->n_bytes);
	code_find_call(binary, function, "runtime.gogo", &is_assembly);
	code_fini(&code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	struct span input = { data, n_bytes < MAX_INPUT_BYTES ? n_bytes : MAX_INPUT_BYTES };
	static struct go_image image;
	struct go_binary *binary;
	struct reason why = { "" };

	go_image_init(&image, take_go_minor(&input));
	add_functions(&image, input);
	go_image_finish(&image);
	require(go_binary_open(file_of(image.elf.bytes, image.elf.n_bytes), &binary, &why) == 0);
	require(binary->n_functions == image.n_functions);
	for (size_t i = 0; i < binary->n_functions; i++) {
		const struct go_function *function = &binary->functions[i];

		disassemble(image.text + (function->va - GO_IMAGE_TEXT_VA), function->n_bytes,
			    function->va);
		check_code(binary, function);
	}
	exercise_plan_of_all(binary);
	go_binary_close(binary);
	return 0;
}
