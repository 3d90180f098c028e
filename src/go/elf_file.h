/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_ELF_FILE_H
#define GOTRACED_GO_ELF_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "go/span.h"
#include "reason.h"

/*
 * An ELF program file: its segments and sections, and reads from it by file offset (_off) or by the
 * address that the file gives its bytes (_va). The file is read with pread, never mapped, so that a
 * file that shrinks while it is open gives an error instead of a SIGBUS.
 */
struct elf_segment {
	uint32_t type; /* PT_LOAD, PT_TLS, ... */
	uint64_t va, off, file_bytes, memory_bytes, align;
	bool is_executable, is_writable;
};

struct elf_section {
	const char *name; /* NULL when it cannot be read; owned by the elf_file */
	uint32_t type; /* SHT_PROGBITS, ... */
	uint32_t
		link; /* index of the section it refers to, such as a symbol table's string table */
	uint64_t va, off, n_bytes;
};

struct elf_file {
	int fd;
	char *path;
	uint64_t n_bytes;
	struct elf_segment *segments;
	size_t n_segments;
	struct elf_section *sections;
	size_t n_sections;
	struct span section_names; /* owned */
};

/*
 * Opens an x86-64 program (ET_EXEC or a position-independent executable). Anything else, and a file
 * shorter than its headers say, fails with a negative errno and the reason. *ret is owned by the
 * caller.
 */
int elf_file_open(const char *path, struct elf_file **ret, struct reason *why);
void elf_file_close(struct elf_file *elf);

/*
 * Opens a file with the symbols and DWARF of a program whose code is elsewhere: what it says of
 * segments means nothing, and none are read. Just fails, without a reason, where there is no such
 * file.
 */
int elf_file_open_debug(const char *path, struct elf_file **ret);

/*
 * Reads exactly n_bytes; -EINVAL when they do not lie in the file (or, by address, in one loadable
 * segment).
 */
int elf_file_read(const struct elf_file *elf, uint64_t off, void *to, size_t n_bytes);
int elf_file_read_va(const struct elf_file *elf, uint64_t va, void *to, size_t n_bytes);

/* Like elf_file_read, into fresh memory, at most 1 GiB: free((void *)ret->data). */
int elf_file_load(const struct elf_file *elf, uint64_t off, uint64_t n_bytes, struct span *ret);

/* File offset of an address; false when no loadable segment has it in the file. */
bool elf_file_va_to_off(const struct elf_file *elf, uint64_t va, uint64_t *ret_off);

/* The loadable segment whose file bytes hold [va, va + n_bytes), or NULL. */
const struct elf_segment *elf_file_segment_at(const struct elf_file *elf, uint64_t va,
					      uint64_t n_bytes);

/*
 * Searches what the loadable segments have in the file, those alone that can be written to or all
 * of them, for something of which the place is not known. visit gets one piece after another; a
 * piece begins ELF_SCAN_PIECE_BYTES behind the one before it in its segment, and has up to
 * ELF_SCAN_OVERLAP_BYTES of the next as well, so that nothing is cut in two. Ends with the first
 * visit that does not return 0, and returns that.
 */
enum elf_scan {
	ELF_SCAN_ALL,
	ELF_SCAN_WRITABLE,
};

enum {
	ELF_SCAN_PIECE_BYTES = 1 << 20,
	ELF_SCAN_OVERLAP_BYTES = 64,
};

typedef int elf_scan_visit(uint64_t va, struct span piece, void *context);
int elf_file_scan(const struct elf_file *elf, enum elf_scan what, elf_scan_visit *visit,
		  void *context);

/* The section of that name that has bytes in the file, or NULL. */
const struct elf_section *elf_file_section(const struct elf_file *elf, const char *name);

#endif
