/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/version.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * The header is 32 bytes, 16-aligned: a magic of 14 bytes, the size of a pointer, and flags. Up to
 * Go 1.17 the flags are 0 and a pointer to a Go string header {data, length} follows at 16;
 * from 1.18 flag 2 is set and the version itself follows the header, as a length (varint) and its
 * bytes.
 */
enum {
	MAGIC_BYTES = 14,
	FLAGS_AT = 15,
	STRING_POINTER_AT = 16,
	HEADER_BYTES = 32,
	FLAG_BIG_ENDIAN = 1,
	FLAG_INLINE_STRING = 2,
};

static const char magic[MAGIC_BYTES] = "\xff Go buildinf:";

static int find_header(const struct elf_file *elf, uint64_t *ret_off)
{
	const struct elf_section *section = elf_file_section(elf, ".go.buildinfo");

	if (section) {
		*ret_off = section->off;
		return 0;
	}
	/* Without sections: the linker puts it at the start of the writable data. */
	for (size_t i = 0; i < elf->n_segments; i++) {
		const struct elf_segment *segment = &elf->segments[i];
		uint64_t n_bytes =
			segment->file_bytes < (64 << 10) ? segment->file_bytes : 64 << 10;
		struct span data;

		if (segment->type != PT_LOAD || !segment->is_writable ||
		    elf_file_load(elf, segment->off, n_bytes, &data))
			continue;
		for (uint64_t at = 0; span_has(data, at, HEADER_BYTES); at += 16) {
			if (memcmp(data.data + at, magic, MAGIC_BYTES) != 0)
				continue;
			*ret_off = segment->off + at;
			free((void *)data.data);
			return 0;
		}
		free((void *)data.data);
	}
	return -ENOENT;
}

/* "go1.22.12", "go1.27rc1 X:nocoverageredesign", "devel go1.28-abcdef": what counts is the 1.N. */
static int parse(struct go_version *version)
{
	const char *at = strstr(version->text, "go1.");

	if (!at || !isdigit((unsigned char)at[4]))
		return -EINVAL;
	version->minor = (int)(strtoul(at + 4, NULL, 10) % 1000); /* whatever digits there are, a small number */
	for (char *c = version->text; *c; c++)
		if (!isprint((unsigned char)*c))
			return -EINVAL;
	return 0;
}

static int read_text(const struct elf_file *elf, uint64_t header_off, uint8_t flags, char *text,
		     size_t n_bytes)
{
	uint64_t string[2], length;
	uint8_t length_byte;
	int err;

	if (flags & FLAG_BIG_ENDIAN)
		return -EINVAL;
	if (!(flags & FLAG_INLINE_STRING)) {
		uint64_t string_va;

		err = elf_file_read(elf, header_off + STRING_POINTER_AT, &string_va,
				    sizeof(string_va));
		if (!err)
			err = elf_file_read_va(elf, string_va, string, sizeof(string));
		if (err)
			return err;
		length = string[1] < n_bytes ? string[1] : n_bytes - 1;
		return elf_file_read_va(elf, string[0], text, length);
	}
	err = elf_file_read(elf, header_off + HEADER_BYTES, &length_byte, 1);
	if (err)
		return err;
	/* A version of 128 bytes or more takes a second length byte; no release has one. */
	if (length_byte & 0x80)
		return -EINVAL;
	length = length_byte < n_bytes ? length_byte : n_bytes - 1;
	return elf_file_read(elf, header_off + HEADER_BYTES + 1, text, length);
}

int go_version_read(const struct elf_file *elf, struct go_version *ret)
{
	struct go_version version = { 0 };
	char header[HEADER_BYTES];
	uint64_t header_off;
	int err;

	err = find_header(elf, &header_off);
	if (err)
		return err;
	err = elf_file_read(elf, header_off, header, sizeof(header));
	if (err)
		return err;
	if (memcmp(header, magic, MAGIC_BYTES) != 0)
		return -EINVAL;
	err = read_text(elf, header_off, header[FLAGS_AT], version.text, sizeof(version.text));
	if (!err)
		err = parse(&version);
	if (!err)
		*ret = version;
	return err;
}
