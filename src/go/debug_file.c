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

enum {
	MAX_BUILD_ID_BYTES = 64,
	ROOT_BYTES = 32,
};

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

static struct elf_file *open_by_build_id(const char *root, const struct build_id *id)
{
	char path[ROOT_BYTES + sizeof(debug_root) + 2 * MAX_BUILD_ID_BYTES + 32];
	struct elf_file *debug;
	int n;

	n = snprintf(path, sizeof(path), "%s%s/.build-id/%02x/", root, debug_root, id->bytes[0]);
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

/* A sparse file may seem to have any size; no debug file is larger than this. */
static const uint64_t max_summed_bytes = 4UL << 30;

static bool has_crc(const struct elf_file *debug, uint32_t crc)
{
	uint64_t found = crc32(0, NULL, 0);
	uint8_t buffer[1 << 14];

	if (debug->n_bytes > max_summed_bytes)
		return false;
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

/* Where a program is: the root of the file system that it belongs to, and its folder there. */
struct place {
	char root[ROOT_BYTES]; /* empty for our own */
	char folder[PATH_MAX];
};

/*
 * Where a process's program lies below the root of that process. The kernel gives both as paths
 * from our own root: what leads to the process's is in front of the program's.
 */
static bool find_program_inside(int pid, char *whole, size_t n_bytes)
{
	char link[ROOT_BYTES], root[PATH_MAX];
	ssize_t n, n_root;

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	n = readlink(link, whole, n_bytes - 1);
	snprintf(link, sizeof(link), "/proc/%d/root", pid);
	n_root = readlink(link, root, sizeof(root));
	if (n <= 0)
		return false;
	whole[n] = 0;
	if (n_root > 1 && n_root < n && whole[n_root] == '/' &&
	    memcmp(whole, root, (size_t)n_root) == 0)
		memmove(whole, whole + n_root, (size_t)(n - n_root) + 1);
	return true;
}

/* A process's link to its program, or a path through its root, leads into its container. */
static bool find_place(const char *path, struct place *ret)
{
	char whole[PATH_MAX];
	int pid, n_root = 0;

	*ret = (struct place){ 0 };
	if (sscanf(path, "/proc/%d/root%n", &pid, &n_root) == 1 && n_root > 0) {
		snprintf(whole, sizeof(whole), "%s", path + n_root);
	} else if (sscanf(path, "/proc/%d/exe%n", &pid, &n_root) == 1 && n_root > 0) {
		if (!find_program_inside(pid, whole, sizeof(whole)))
			return false;
	} else if (!realpath(path, whole)) {
		return false;
	}
	if (n_root > 0)
		snprintf(ret->root, sizeof(ret->root), "/proc/%d/root", pid);
	snprintf(ret->folder, sizeof(ret->folder), "%s", dirname(whole));
	return true;
}

static struct elf_file *open_linked(const struct debug_link *link, const struct build_id *id,
				    const struct place *place, const char *above, const char *below)
{
	char path[2 * PATH_MAX];
	struct elf_file *debug;

	snprintf(path, sizeof(path), "%s%s%s%s/%s", place->root, above, place->folder, below,
		 link->name);
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
	struct place place;

	if (!find_place(elf->path, &place))
		return NULL;
	if (read_build_id(elf, &id)) {
		debug = open_by_build_id(place.root, &id);
		if (!debug && *place.root)
			debug = open_by_build_id("", &id);
	}
	if (debug || !read_debug_link(elf, &link))
		return debug;
	debug = open_linked(&link, &id, &place, "", "");
	if (!debug)
		debug = open_linked(&link, &id, &place, "", "/.debug");
	if (!debug)
		debug = open_linked(&link, &id, &place, debug_root, "");
	return debug;
}
