/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/symtab.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "elf_image.h"

static struct elf_image image;
static struct elf_file *elf;
static struct symtab table;
static struct reason why;

static const char names[] = "\0main.main\0runtime.tlsg\0unterminated";
enum { MAIN = 1, TLSG = 11, UNTERMINATED = 24 };

static void init(void)
{
	elf_image_init(&image);
	elf_image_segment(&image, PT_LOAD, PF_R, 0x400000, "x", 1);
}

static void fini(void)
{
	symtab_fini(&table);
	elf_file_close(elf);
	elf_image_fini(&image);
}

TestSuite(symtab, .init = init, .fini = fini);

static Elf64_Sym symbol_of(uint32_t name, uint8_t type, uint16_t section, uint64_t va)
{
	return (Elf64_Sym){ .st_name = name,
			    .st_info = ELF64_ST_INFO(STB_LOCAL, type),
			    .st_shndx = section,
			    .st_value = va,
			    .st_size = 42 };
}

/* The last name's NUL is left out of the string table. */
static int init_table(const Elf64_Sym *symbols, size_t n_bytes, uint32_t names_type)
{
	uint64_t names_off = elf_image_append(&image, names, sizeof(names) - 1);
	uint64_t symbols_off = elf_image_append(&image, symbols, n_bytes);
	uint32_t link = elf_image_section(&image, ".strtab", names_type, 0, names_off,
					  sizeof(names) - 1, 0);

	elf_image_section(&image, ".symtab", SHT_SYMTAB, 0, symbols_off, n_bytes, link);
	elf_image_finish(&image);
	cr_assert_eq(elf_file_open(elf_image_write(&image), &elf, &why), 0, "%s", why.text);
	return symtab_init(&table, elf, &why);
}

Test(symtab, gives_each_symbol_with_a_name)
{
	const Elf64_Sym symbols[] = { symbol_of(0, STT_NOTYPE, 0, 0),
				      symbol_of(MAIN, STT_FUNC, 1, 0x401000),
				      symbol_of(TLSG, STT_TLS, 2, 16) };
	struct symbol symbol;
	uint64_t at = 0;

	cr_assert_eq(init_table(symbols, sizeof(symbols), SHT_STRTAB), 0);
	cr_assert(symtab_next(&table, &at, &symbol));
	cr_assert_str_eq(symbol.name, "main.main");
	cr_assert_eq(symbol.va, 0x401000);
	cr_assert_eq(symbol.n_bytes, 42);
	cr_assert(symbol.is_function);
	cr_assert(symtab_next(&table, &at, &symbol));
	cr_assert_str_eq(symbol.name, "runtime.tlsg");
	cr_assert_not(symbol.is_function);
	cr_assert_not(symtab_next(&table, &at, &symbol));
}

Test(symtab, of_the_dynamic_linker_is_another_one)
{
	const Elf64_Sym symbols[] = { symbol_of(MAIN, STT_FUNC, 1, 0x401000) };
	struct symtab dynamic;
	struct symbol symbol;
	uint64_t at = 0;

	cr_assert_eq(init_table(symbols, sizeof(symbols), SHT_STRTAB), 0);
	cr_assert_eq(symtab_init_dynamic(&dynamic, elf, &why), 0);
	cr_assert_not(symtab_next(&dynamic, &at, &symbol));
	symtab_fini(&dynamic);
}

Test(symtab, leaves_out_names_that_lie_outside_or_do_not_end)
{
	const Elf64_Sym symbols[] = { symbol_of(UINT32_MAX, STT_FUNC, 1, 1),
				      symbol_of(UNTERMINATED, STT_FUNC, 1, 2),
				      symbol_of(sizeof(names), STT_FUNC, 1, 3),
				      symbol_of(MAIN, STT_FUNC, 1, 4) };
	struct symbol symbol;
	uint64_t at = 0;

	cr_assert_eq(init_table(symbols, sizeof(symbols), SHT_STRTAB), 0);
	cr_assert(symtab_next(&table, &at, &symbol));
	cr_assert_eq(symbol.va, 4);
	cr_assert_not(symtab_next(&table, &at, &symbol));
}

Test(symtab, takes_an_undefined_function_for_none)
{
	const Elf64_Sym symbols[] = { symbol_of(MAIN, STT_FUNC, SHN_UNDEF, 0) };
	struct symbol symbol;
	uint64_t at = 0;

	cr_assert_eq(init_table(symbols, sizeof(symbols), SHT_STRTAB), 0);
	cr_assert(symtab_next(&table, &at, &symbol));
	cr_assert_not(symbol.is_function);
}

Test(symtab, ends_at_a_symbol_that_is_cut_off)
{
	const Elf64_Sym symbols[] = { symbol_of(MAIN, STT_FUNC, 1, 1),
				      symbol_of(MAIN, STT_FUNC, 1, 2) };
	struct symbol symbol;
	uint64_t at = 0;

	cr_assert_eq(init_table(symbols, sizeof(symbols) - 1, SHT_STRTAB), 0);
	cr_assert(symtab_next(&table, &at, &symbol));
	cr_assert_not(symtab_next(&table, &at, &symbol));
}

Test(symtab, of_a_stripped_program_is_empty)
{
	struct symbol symbol;
	uint64_t at = 0;

	elf_image_finish(&image);
	cr_assert_eq(elf_file_open(elf_image_write(&image), &elf, &why), 0, "%s", why.text);
	cr_assert_eq(symtab_init(&table, elf, &why), 0);
	cr_assert_not(symtab_next(&table, &at, &symbol));
}

Test(symtab, without_a_string_table_is_refused)
{
	const Elf64_Sym symbols[] = { symbol_of(MAIN, STT_FUNC, 1, 1) };

	cr_assert_eq(init_table(symbols, sizeof(symbols), SHT_PROGBITS), -EINVAL);
	cr_assert_not_null(strstr(why.text, "string table"));
}

Test(symtab, whose_string_table_is_no_section_is_refused)
{
	uint64_t off = elf_image_append(&image, names, sizeof(names));

	elf_image_section(&image, ".symtab", SHT_SYMTAB, 0, off, sizeof(names), 1000);
	elf_image_finish(&image);
	cr_assert_eq(elf_file_open(elf_image_write(&image), &elf, &why), 0, "%s", why.text);
	cr_assert_eq(symtab_init(&table, elf, &why), -EINVAL);
}
