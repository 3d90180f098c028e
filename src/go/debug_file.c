/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/debug_file.h"

#include <elf.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

static const char debug_root[] = "/usr/lib/debug";

enum { MAX_BUILD_ID_BYTES = 64 };

struct build_id {
	uint8_t bytes[MAX_BUILD_ID_BYTES];
	size_t n_bytes;
};

/* The section is one note: its header, the owner "GNU", and the id. */
static bool read_build_id(const struct elf_file *elf, struct build_id *ret)
{
	const struct elf_section *section = elf_file_section(elf, ".note.gnu.build-id");
	uint8_t bytes[sizeof(Elf64_Nhdr) + sizeof(ELF_NOTE_GNU) + MAX_BUILD_ID_BYTES];
	struct span note = { bytes, section ? section->n_bytes : 0 };
	Elf64_Nhdr header;

	if (!section || note.n_bytes > sizeof(bytes) ||
	    elf_file_read(elf, section->off, bytes, note.n_bytes) ||
	    !span_copy(note, 0, &header, sizeof(header)) || header.n_type != NT_GNU_BUILD_ID ||
	    header.n_namesz != sizeof(ELF_NOTE_GNU) || header.n_descsz == 0 ||
	    header.n_descsz > MAX_BUILD_ID_BYTES)
		return false;
	ret->n_bytes = header.n_descsz;
	return span_copy(note, sizeof(header) + sizeof(ELF_NOTE_GNU), ret->bytes, ret->n_bytes);
}

static bool is_same_build(const struct elf_file *debug, const struct build_id *id)
{
	struct build_id other;

	return read_build_id(debug, &other) && other.n_bytes == id->n_bytes &&
	       memcmp(other.bytes, id->bytes, id->n_bytes) == 0;
}

static struct elf_file *open_by_build_id(const struct build_id *id)
{
	char path[sizeof(debug_root) + 2 * MAX_BUILD_ID_BYTES + 32];
	struct elf_file *debug;
	int n;

	n = snprintf(path, sizeof(path), "%s/.build-id/%02x/", debug_root, id->bytes[0]);
	for (size_t i = 1; i < id->n_bytes; i++)
		n += snprintf(path + n, sizeof(path) - n, "%02x", id->bytes[i]);
	snprintf(path + n, sizeof(path) - n, ".debug");
	if (elf_file_open_debug(path, &debug))
		return NULL;
	if (is_same_build(debug, id))
		return debug;
	elf_file_close(debug);
	return NULL;
}

/* What .gnu_debuglink holds: a name, zeros up to a multiple of 4, and a checksum of the file. */
struct debug_link {
	char name[NAME_MAX + 1];
	uint32_t crc;
};

static bool read_debug_link(const struct elf_file *elf, struct debug_link *ret)
{
	const struct elf_section *section = elf_file_section(elf, ".gnu_debuglink");
	uint8_t bytes[NAME_MAX + 8];
	struct span link = { bytes, section ? section->n_bytes : 0 };
	const char *name;

	if (!section || link.n_bytes > sizeof(bytes) ||
	    elf_file_read(elf, section->off, bytes, link.n_bytes))
		return false;
	name = span_name(link, 0);
	if (!name || !*name || strchr(name, '/') || strlen(name) > NAME_MAX)
		return false;
	strcpy(ret->name, name);
	return span_u32(link, (strlen(name) + 4) & ~3UL, &ret->crc);
}

static bool has_crc(const struct elf_file *debug, uint32_t crc)
{
	uint64_t found = crc32(0, NULL, 0);
	uint8_t buffer[1 << 14];

	for (uint64_t at = 0; at < debug->n_bytes; at += sizeof(buffer)) {
		uint64_t n = debug->n_bytes - at;

		if (n > sizeof(buffer))
			n = sizeof(buffer);
		if (elf_file_read(debug, at, buffer, n))
			return false;
		found = crc32(found, buffer, (uInt)n);
	}
	return found == crc;
}

static struct elf_file *open_linked(const struct debug_link *link, const struct build_id *id,
				    const char *root, const char *folder, const char *below)
{
	char path[2 * PATH_MAX];
	struct elf_file *debug;

	snprintf(path, sizeof(path), "%s%s%s/%s", root, folder, below, link->name);
	if (elf_file_open_debug(path, &debug))
		return NULL;
	if (id->n_bytes ? is_same_build(debug, id) : has_crc(debug, link->crc))
		return debug;
	elf_file_close(debug);
	return NULL;
}

struct elf_file *debug_file_open(const struct elf_file *elf)
{
	struct elf_file *debug = NULL;
	struct build_id id = { 0 };
	struct debug_link link;
	char *path, *folder;

	if (read_build_id(elf, &id))
		debug = open_by_build_id(&id);
	if (debug || !read_debug_link(elf, &link))
		return debug;
	path = realpath(elf->path, NULL);
	if (!path)
		return NULL;
	folder = dirname(path);
	debug = open_linked(&link, &id, "", folder, "");
	if (!debug)
		debug = open_linked(&link, &id, "", folder, "/.debug");
	if (!debug)
		debug = open_linked(&link, &id, debug_root, folder, "");
	free(path);
	return debug;
}
