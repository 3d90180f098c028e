/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "go/version.h"
#include "input.h"
#include "program.h"
#include "require.h"

/* The input: a byte, odd when the program has sections; then the writable data. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	struct span input = { data, n_bytes < MAX_INPUT_BYTES ? n_bytes : MAX_INPUT_BYTES };
	bool has_sections = take_u8(&input) & 1;
	const struct span code = { (const uint8_t *)"\xc3", 1 };
	struct go_version version = { 0 };
	struct reason why = { "" };
	struct elf_file *elf;

	require(elf_file_open(program_of(code, code, input, has_sections), &elf, &why) == 0);
	if (go_version_read(elf, &version) == 0) {
		require(version.minor >= 0);
		require(memchr(version.text, 0, sizeof(version.text)));
		require(strstr(version.text, "go1."));
		/* It is shown. */
		for (const char *c = version.text; *c; c++)
			require(isprint((unsigned char)*c));
	}
	elf_file_close(elf);
	return 0;
}
