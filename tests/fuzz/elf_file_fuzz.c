/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/elf_file.h"
#include "program.h"
#include "require.h"

/* The input is a file. */

static void read_ends(const struct elf_file *elf, const struct elf_segment *segment)
{
	uint64_t n_last = segment->file_bytes < 64 ? segment->file_bytes : 64, off;
	uint8_t bytes[64];

	require(segment->off <= elf->n_bytes && segment->file_bytes <= elf->n_bytes - segment->off);
	require(elf_file_read(elf, segment->off + segment->file_bytes - n_last, bytes, n_last) ==
		0);
	if (elf_file_va_to_off(elf, segment->va, &off))
		require(elf_file_read(elf, off, bytes, 1) == 0);
	elf_file_read_va(elf, segment->va, bytes, sizeof(bytes));
	elf_file_read_va(elf, segment->va + segment->file_bytes - 1, bytes, 1);
	elf_file_read_va(elf, segment->va - 1, bytes, 2);
}

static void read_section(const struct elf_file *elf, const struct elf_section *section)
{
	const struct elf_section *same;
	struct span data;

	if (section->name) {
		same = elf_file_section(elf, section->name);
		require(!same || strcmp(same->name, section->name) == 0);
	}
	if (elf_file_load(elf, section->off, section->n_bytes, &data))
		return;
	require(data.n_bytes == section->n_bytes && data.n_bytes <= elf->n_bytes);
	free((void *)data.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	const char *path = file_of(data, n_bytes);
	struct reason why = { "" };
	struct elf_file *elf;

	if (elf_file_open(path, &elf, &why)) {
		require(why.text[0]);
		return 0;
	}
	for (size_t i = 0; i < elf->n_segments; i++)
		read_ends(elf, &elf->segments[i]);
	for (size_t i = 0; i < elf->n_sections; i++)
		read_section(elf, &elf->sections[i]);
	elf_file_close(elf);
	return 0;
}
