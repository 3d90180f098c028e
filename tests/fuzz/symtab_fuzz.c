/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf_image.h"
#include "go/symtab.h"
#include "input.h"
#include "program.h"
#include "require.h"

/* The input: how many bytes of symbols (16 bits), the symbols, their names. */

static const char *program_with_symbols(struct span input)
{
	static struct elf_image elf;
	uint16_t n_symbol_bytes = take_u16(&input);
	struct span symbols = take(&input, n_symbol_bytes);
	uint64_t symbols_off, names_off;
	uint32_t names;

	elf_image_init(&elf);
	elf_image_segment(&elf, PT_LOAD, PF_R | PF_X, 0x401000, "\xc3", 1);
	symbols_off = elf_image_append(&elf, symbols.data, symbols.n_bytes);
	names_off = elf_image_append(&elf, input.data, input.n_bytes);
	names = elf_image_section(&elf, ".strtab", SHT_STRTAB, 0, names_off, input.n_bytes, 0);
	elf_image_section(&elf, ".symtab", SHT_SYMTAB, 0, symbols_off, symbols.n_bytes, names);
	elf_image_finish(&elf);
	return file_of(elf.bytes, elf.n_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	struct span input = { data, n_bytes < MAX_INPUT_BYTES ? n_bytes : MAX_INPUT_BYTES };
	struct reason why = { "" };
	struct elf_file *elf;
	struct symbol symbol;
	struct symtab table;
	size_t n = 0;

	require(elf_file_open(program_with_symbols(input), &elf, &why) == 0);
	require(symtab_init(&table, elf, &why) == 0);
	for (uint64_t at = 0; symtab_next(&table, &at, &symbol); n++)
		require(*symbol.name && strlen(symbol.name) < SPAN_MAX_STRING);
	require(n <= n_bytes / sizeof(Elf64_Sym));
	symtab_fini(&table);
	elf_file_close(elf);
	return 0;
}
