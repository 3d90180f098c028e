/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "elf_image.h"
#include "go/dwarf.h"
#include "go/signature.h"
#include "input.h"
#include "program.h"
#include "require.h"
#include "wire_image.h"

/*
 * What is tried is that nothing comes of hostile DWARF but an answer or none: libdw may crash in
 * its process, ours goes on; and that an answer is sound.
 *
 * The input: whether the sections are marked as compressed (8 bits), how many bytes of
 * abbreviations and of debugging information (16 bits each), these, and then what serves as strings
 * and as lists of places, ranges and addresses alike.
 */
static void add_section(struct elf_image *elf, const char *name, struct span bytes,
			bool is_compressed)
{
	uint64_t off = elf_image_append(elf, bytes.data, bytes.n_bytes);
	uint32_t i = elf_image_section(elf, name, SHT_PROGBITS, 0, off, bytes.n_bytes, 0);

	if (is_compressed)
		elf->sections[i].sh_flags = SHF_COMPRESSED;
}

static void read_layout(void)
{
	struct dwarf_layout layout;
	int err = dwarf_find_layout_apart(file_descriptor(), &layout);

	require(err == 0 || err == -ENODATA);
}

/* Of the functions at the addresses at which the seeds have them. */
static void read_signatures(const char *path)
{
	static const uint64_t vas[] = { 0x401000, 0x401000, 0x401020, 0 };
	struct go_binary binary = { .version.minor = 24 };
	struct go_signatures signatures;
	struct reason why = { "" };
	int err;

	require(elf_file_open(path, &binary.elf, &why) == 0);
	err = go_signatures_read(&binary, vas, sizeof(vas) / sizeof(vas[0]), &signatures, &why);
	require(err == 0 || (err == -ENODATA && why.text[0]));
	if (!err) {
		require(!signatures_flaw(&signatures));
		go_signatures_fini(&signatures);
	}
	elf_file_close(binary.elf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	static const char *const others[] = {
		".debug_str",	 ".debug_loc",	    ".debug_loclists",
		".debug_ranges", ".debug_rnglists", ".debug_addr",
	};
	struct span input = { data, n_bytes < MAX_INPUT_BYTES ? n_bytes : MAX_INPUT_BYTES };
	bool is_compressed = take_u8(&input) & 1;
	uint16_t n_abbreviations = take_u16(&input), n_information = take_u16(&input);
	static struct elf_image elf;
	const char *path;

	elf_image_init(&elf);
	elf_image_segment(&elf, PT_LOAD, PF_R | PF_X, 0x401000, "\xc3", 1);
	add_section(&elf, ".debug_abbrev", take(&input, n_abbreviations), is_compressed);
	add_section(&elf, ".debug_info", take(&input, n_information), is_compressed);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		add_section(&elf, others[i], input, is_compressed);
	elf_image_finish(&elf);
	path = file_of(elf.bytes, elf.n_bytes);
	read_layout();
	read_signatures(path);
	return 0;
}
