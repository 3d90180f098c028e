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
static const char prefix[] = "go1.";

enum { FOUND = 1 };

static int find_magic(uint64_t va, struct span piece, void *context)
{
	uint64_t *ret_va = context;

	for (uint64_t at = -va & 15; span_has(piece, at, HEADER_BYTES); at += 16) {
		if (memcmp(piece.data + at, magic, MAGIC_BYTES) != 0)
			continue;
		*ret_va = va + at;
		return FOUND;
	}
	return 0;
}

static int find_header(const struct elf_file *elf, uint64_t *ret_off)
{
	const struct elf_section *section = elf_file_section(elf, ".go.buildinfo");
	uint64_t va;

	if (section) {
		*ret_off = section->off;
		return 0;
	}
	if (elf_file_scan(elf, ELF_SCAN_WRITABLE, find_magic, &va) != FOUND ||
	    !elf_file_va_to_off(elf, va, ret_off))
		return -ENOENT;
	return 0;
}

/* "go1.22.12", "go1.27rc1 X:nocoverageredesign", "devel go1.28-abcdef": what counts is the 1.N. */
static int parse(struct go_version *version)
{
	const char *at = strstr(version->text, prefix);

	if (!at || !isdigit((unsigned char)at[4]))
		return -EINVAL;
	version->minor = (int)(strtoul(at + 4, NULL, 10) %
			       1000); /* whatever digits there are, a small number */
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

static int read_build_info(const struct elf_file *elf, struct go_version *version)
{
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
	err = read_text(elf, header_off, header[FLAGS_AT], version->text, sizeof(version->text));
	return err ? err : parse(version);
}

struct places {
	uint64_t *vas; /* owned */
	size_t n, n_room;
};

static int places_add(struct places *places, uint64_t va)
{
	if (places->n == places->n_room) {
		size_t n_room = places->n_room ? 2 * places->n_room : 64;
		uint64_t *grown = reallocarray(places->vas, n_room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		places->vas = grown;
		places->n_room = n_room;
	}
	places->vas[places->n++] = va;
	return 0;
}

static int by_address(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int note_prefixes(uint64_t va, struct span piece, void *context)
{
	const uint8_t *at = piece.data, *end = piece.data + piece.n_bytes;
	struct places *places = context;
	int err = 0;

	while (!err && (at = memmem(at, (size_t)(end - at), prefix, strlen(prefix)))) {
		err = places_add(places, va + (uint64_t)(at - piece.data));
		at++;
	}
	return err;
}

/* A version and nothing else: "go1.22", "go1.22.1", "go1.23rc1", "go1.22.1 X:boringcrypto". */
static bool is_release(const char *text)
{
	const char *at = text + strlen(prefix);

	if (strncmp(text, prefix, strlen(prefix)) != 0)
		return false;
	while (isalnum((unsigned char)*at) || *at == '.')
		at++;
	return *at == 0 || strncmp(at, " X:", 3) == 0;
}

struct search {
	const struct elf_file *elf;
	struct places begun; /* text that begins like a version */
	struct go_version newest;
};

static int find_strings(uint64_t va, struct span piece, void *context)
{
	struct search *search = context;
	uint64_t text_va, n_bytes;

	for (uint64_t at = -va & 7; span_u64(piece, at + 8, &n_bytes); at += 8) {
		struct go_version version = { 0 };

		if (!span_u64(piece, at, &text_va) || n_bytes <= strlen(prefix) ||
		    n_bytes >= sizeof(version.text))
			continue;
		if (bsearch(&text_va, search->begun.vas, search->begun.n, sizeof(text_va),
			    by_address) &&
		    elf_file_read_va(search->elf, text_va, version.text, n_bytes) == 0 &&
		    is_release(version.text) && parse(&version) == 0 &&
		    version.minor > search->newest.minor)
			search->newest = version;
	}
	return 0;
}

/*
 * Some programs are shipped without the build information, but the runtime has the version in a
 * variable (runtime.buildVersion): a Go string, {address, length}, in writable data. Should other
 * variables hold versions as well, those are of releases that the program knows of, and its own is
 * the newest of them.
 */
static int find_build_version(const struct elf_file *elf, struct go_version *ret)
{
	struct search search = { .elf = elf };
	int err;

	err = elf_file_scan(elf, ELF_SCAN_ALL, note_prefixes, &search.begun);
	if (!err && search.begun.n > 0) {
		qsort(search.begun.vas, search.begun.n, sizeof(*search.begun.vas), by_address);
		err = elf_file_scan(elf, ELF_SCAN_WRITABLE, find_strings, &search);
	}
	free(search.begun.vas);
	if (!err && !search.newest.minor)
		err = -ENOENT;
	if (!err)
		*ret = search.newest;
	return err;
}

int go_version_read(const struct elf_file *elf, struct go_version *ret)
{
	struct go_version version = { 0 };
	int err;

	err = read_build_info(elf, &version);
	if (err && find_build_version(elf, &version) == 0)
		err = 0;
	if (!err)
		*ret = version;
	return err;
}
