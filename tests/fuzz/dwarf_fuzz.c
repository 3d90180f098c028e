/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "elf_image.h"
#include "go/dwarf.h"
#include "input.h"
#include "program.h"
#include "require.h"

/*
 * What is tried is that nothing comes of hostile DWARF but an answer or none: libdw may crash in
 * its process, ours goes on.
 *
 * The input: whether the sections are marked as compressed (8 bits), how many bytes of
 * abbreviations and of debugging information (16 bits each), these, and then strings.
 */
static void add_section(struct elf_image *elf, const char *name, struct span bytes,
			bool is_compressed)
{
	uint64_t off = elf_image_append(elf, bytes.data, bytes.n_bytes);
	uint32_t i = elf_image_section(elf, name, SHT_PROGBITS, 0, off, bytes.n_bytes, 0);

	if (is_compressed)
		elf->sections[i].sh_flags = SHF_COMPRESSED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	struct span input = { data, n_bytes < MAX_INPUT_BYTES ? n_bytes : MAX_INPUT_BYTES };
	bool is_compressed = take_u8(&input) & 1;
	uint16_t n_abbreviations = take_u16(&input), n_information = take_u16(&input);
	static struct elf_image elf;
	struct dwarf_layout layout;
	int err;

	elf_image_init(&elf);
	elf_image_segment(&elf, PT_LOAD, PF_R | PF_X, 0x401000, "\xc3", 1);
	add_section(&elf, ".debug_abbrev", take(&input, n_abbreviations), is_compressed);
	add_section(&elf, ".debug_info", take(&input, n_information), is_compressed);
	add_section(&elf, ".debug_str", input, is_compressed);
	elf_image_finish(&elf);
	file_of(elf.bytes, elf.n_bytes);
	err = dwarf_find_layout_apart(file_descriptor(), &layout);
	require(err == 0 || err == -ENODATA);
	return 0;
}
