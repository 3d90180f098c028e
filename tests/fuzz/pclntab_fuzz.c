/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/pclntab.h"
#include "go_image.h"
#include "input.h"
#include "program.h"
#include "require.h"

/*
 * The input: the Go release; a byte, odd when the program has sections; moduledata, cut off behind
 * the last field that is read; then the table.
 */
enum { MODULE_BYTES = 352, TEXT_BYTES = 512 };

static void read_all(const struct pclntab *table)
{
	struct pclntab_function function;
	uint64_t tree_off;
	uint32_t n;

	/* One more than there are is for the table to refuse, or to read from inside of it. */
	for (uint64_t i = 0; i <= table->n_functions; i++) {
		if (!pclntab_function(table, i, &function))
			continue;
		require(strlen(function.name) < SPAN_MAX_STRING);
		if (pclntab_inline_tree(table, &function, &tree_off, &n))
			require(n > 0 && n <= function.end_va - function.va);
	}
	require(!pclntab_function(table, UINT64_MAX / 16, &function));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	struct span input = { data, n_bytes < MAX_INPUT_BYTES ? n_bytes : MAX_INPUT_BYTES };
	static uint8_t text[TEXT_BYTES], module[GO_IMAGE_MODULE_AT + MODULE_BYTES];
	int go_minor = take_go_minor(&input);
	bool has_sections = take_u8(&input) & 1;
	struct span taken = take(&input, MODULE_BYTES);
	struct reason why = { "" };
	struct pclntab table;
	struct elf_file *elf;
	const char *path;

	memset(module, 0, sizeof(module));
	if (taken.n_bytes)
		memcpy(module + GO_IMAGE_MODULE_AT, taken.data, taken.n_bytes);
	path = program_of((struct span){ text, sizeof(text) }, input,
			  (struct span){ module, sizeof(module) }, has_sections);
	require(elf_file_open(path, &elf, &why) == 0);
	if (pclntab_init(&table, elf, go_minor, &why) == 0) {
		require(table.n_functions > 0 && table.n_functions < table.data.n_bytes);
		read_all(&table);
		pclntab_fini(&table);
	} else {
		require(why.text[0]);
	}
	elf_file_close(elf);
	return 0;
}
