/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/elf_headers.h"

#include <errno.h>
#include <gelf.h>
#include <stdlib.h>

enum {
	/*
	 * Programs have a dozen. Each is searched whole for tables, and all for each address, so
	 * that a damaged file with more could keep us busy for hours.
	 */
	MAX_SEGMENTS = 256,
	MAX_DYNAMIC_BYTES = 64 << 10,
};

static const char *machine_name(uint16_t machine)
{
	switch (machine) {
	case EM_386:
		return "32-bit x86";
	case EM_AARCH64:
		return "arm64";
	case EM_ARM:
		return "32-bit arm";
	case EM_PPC64:
		return "ppc64";
	case EM_S390:
		return "s390x";
	case EM_RISCV:
		return "riscv";
	default:
		return "another processor";
	}
}

static int check_header(const struct elf_file *elf, Elf *handle, GElf_Ehdr *header,
			struct reason *why)
{
	if (elf_kind(handle) != ELF_K_ELF)
		return reason_set(why, -ENOEXEC,
				  "%s is not an ELF file: give the program itself, not a script or "
				  "an archive",
				  elf->path);
	if (!gelf_getehdr(handle, header))
		return reason_set(why, -ENOEXEC,
				  "%s is truncated or damaged: its ELF header cannot be read",
				  elf->path);
	if (header->e_machine != EM_X86_64 || gelf_getclass(handle) != ELFCLASS64)
		return reason_set(why, -ENOEXEC,
				  "%s is a program for %s: only x86-64 programs can be traced",
				  elf->path, machine_name(header->e_machine));
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return reason_set(
			why, -ENOEXEC,
			"%s is an ELF file but not a program (an object file or a core dump)",
			elf->path);
	if (header->e_shoff &&
	    (header->e_shoff > elf->n_bytes ||
	     header->e_shnum * (uint64_t)header->e_shentsize > elf->n_bytes - header->e_shoff))
		return reason_set(
			why, -ENOEXEC,
			"%s is truncated: its section headers lie past its end (%lu bytes)",
			elf->path, elf->n_bytes);
	return 0;
}

/*
 * Segments are loaded from different parts of the file, but for the pages at their ends. Were they
 * not, a search through them could read a file many times over.
 */
static int check_overlap(const struct elf_file *elf, struct reason *why)
{
	const uint64_t n_shared_bytes = 64 << 10;
	uint64_t n_bytes = 0;

	for (size_t i = 0; i < elf->n_segments; i++)
		if (elf->segments[i].type == PT_LOAD)
			n_bytes += elf->segments[i].file_bytes;
	if (n_bytes > elf->n_bytes + elf->n_segments * n_shared_bytes)
		return reason_set(why, -ENOEXEC,
				  "%s is damaged: its segments overlap: they have %lu bytes "
				  "together, and the file %lu",
				  elf->path, n_bytes, elf->n_bytes);
	return 0;
}

static int read_segments(struct elf_file *elf, Elf *handle, struct reason *why)
{
	size_t n = 0;

	if (elf_getphdrnum(handle, &n) || n == 0)
		return reason_set(why, -ENOEXEC,
				  "%s is truncated or damaged: it has no program headers",
				  elf->path);
	if (n > MAX_SEGMENTS)
		return reason_set(why, -ENOEXEC,
				  "%s is damaged: it has %zu program headers, and no program more "
				  "than %d",
				  elf->path, n, MAX_SEGMENTS);
	elf->segments = calloc(n, sizeof(*elf->segments));
	if (!elf->segments)
		return reason_set(why, -ENOMEM, "out of memory reading %s", elf->path);
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr header;

		if (!gelf_getphdr(handle, i, &header))
			return reason_set(
				why, -ENOEXEC,
				"%s is truncated or damaged: program header %zu cannot be read",
				elf->path, i);
		if (header.p_offset > elf->n_bytes ||
		    header.p_filesz > elf->n_bytes - header.p_offset)
			return reason_set(why, -ENOEXEC,
					  "%s is truncated: a segment lies past its end (%lu "
					  "bytes); copy it again",
					  elf->path, elf->n_bytes);
		elf->segments[elf->n_segments++] = (struct elf_segment){
			.type = header.p_type,
			.va = header.p_vaddr,
			.off = header.p_offset,
			.file_bytes = header.p_filesz,
			.memory_bytes = header.p_memsz,
			.align = header.p_align,
			.is_executable = header.p_flags & PF_X,
			.is_writable = header.p_flags & PF_W,
		};
	}
	return check_overlap(elf, why);
}

static int read_section_names(struct elf_file *elf, Elf *handle, struct reason *why)
{
	GElf_Shdr header;
	size_t index;

	if (elf_getshdrstrndx(handle, &index) || !gelf_getshdr(elf_getscn(handle, index), &header))
		return reason_set(why, -ENOEXEC,
				  "%s is truncated or damaged: it has no section names", elf->path);
	if (elf_file_load(elf, header.sh_offset, header.sh_size, &elf->section_names))
		return reason_set(why, -ENOEXEC,
				  "%s is truncated: its section names lie past its end", elf->path);
	return 0;
}

static int read_sections(struct elf_file *elf, Elf *handle, struct reason *why)
{
	size_t n = 0;
	int err;

	if (elf_getshdrnum(handle, &n))
		return reason_set(why, -ENOEXEC,
				  "%s is truncated or damaged: its section headers cannot be read",
				  elf->path);
	if (n == 0)
		return 0;
	err = read_section_names(elf, handle, why);
	if (err)
		return err;
	elf->sections = calloc(n, sizeof(*elf->sections));
	if (!elf->sections)
		return reason_set(why, -ENOMEM, "out of memory reading %s", elf->path);
	for (size_t i = 0; i < n; i++) {
		Elf_Scn *section = elf_getscn(handle, i);
		GElf_Shdr header;

		if (!section || !gelf_getshdr(section, &header))
			return reason_set(
				why, -ENOEXEC,
				"%s is truncated or damaged: section header %zu cannot be read",
				elf->path, i);
		if (header.sh_type != SHT_NOBITS && header.sh_type != SHT_NULL &&
		    (header.sh_offset > elf->n_bytes ||
		     header.sh_size > elf->n_bytes - header.sh_offset))
			return reason_set(why, -ENOEXEC,
					  "%s is truncated: a section lies past its end (%lu "
					  "bytes); copy it again",
					  elf->path, elf->n_bytes);
		elf->sections[elf->n_sections++] = (struct elf_section){
			.name = span_string(elf->section_names, header.sh_name),
			.type = header.sh_type,
			.link = header.sh_link,
			.va = header.sh_addr,
			.off = header.sh_offset,
			.n_bytes = header.sh_size,
		};
	}
	return 0;
}

/*
 * A shared library has neither an interpreter nor the flag by which linkers mark static
 * position-independent programs.
 */
static bool is_shared_library(const struct elf_file *elf, const GElf_Ehdr *header)
{
	bool is_pie = false;

	if (header->e_type != ET_DYN)
		return false;
	for (size_t i = 0; i < elf->n_segments; i++) {
		const struct elf_segment *segment = &elf->segments[i];
		Elf64_Dyn entry;

		if (segment->type == PT_INTERP)
			return false;
		if (segment->type != PT_DYNAMIC)
			continue;
		for (uint64_t at = 0;
		     at < MAX_DYNAMIC_BYTES && at + sizeof(entry) <= segment->file_bytes;
		     at += sizeof(entry)) {
			if (elf_file_read(elf, segment->off + at, &entry, sizeof(entry)) ||
			    entry.d_tag == DT_NULL)
				break;
			if (entry.d_tag == DT_FLAGS_1 && (entry.d_un.d_val & DF_1_PIE))
				is_pie = true;
		}
	}
	return !is_pie;
}

int elf_headers_read(struct elf_file *elf, bool is_debug, struct reason *why)
{
	GElf_Ehdr header;
	Elf *handle;
	int err;

	elf_version(EV_CURRENT);
	handle = elf_begin(elf->fd, ELF_C_READ, NULL);
	if (!handle)
		return reason_set(why, -ENOEXEC, "%s cannot be read as an ELF file: %s", elf->path,
				  elf_errmsg(-1));
	err = check_header(elf, handle, &header, why);
	if (!err && !is_debug)
		err = read_segments(elf, handle, why);
	if (!err)
		err = read_sections(elf, handle, why);
	if (!err && !is_debug && is_shared_library(elf, &header))
		err = reason_set(
			why, -ENOEXEC,
			"%s is a shared library: what is traced is a Go program; Go code in "
			"a library (c-shared or plugin) cannot be",
			elf->path);
	elf_end(handle);
	return err;
}
