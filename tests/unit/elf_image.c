/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf_image.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER_BYTES = 1024 };

void elf_image_init(struct elf_image *image)
{
	Elf64_Ehdr *header;

	memset(image, 0, sizeof(*image));
	header = elf_image_header(image);
	*header = (Elf64_Ehdr){
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_phoff = sizeof(Elf64_Ehdr),
	};
	image->n_bytes = HEADER_BYTES;
	/* Section 0 and the empty name are the ELF format's own. */
	image->n_sections = 1;
	image->n_section_names = 1;
}

void elf_image_fini(struct elf_image *image)
{
	if (image->path[0])
		unlink(image->path);
}

uint64_t elf_image_append(struct elf_image *image, const void *data, size_t n_bytes)
{
	uint64_t off = (image->n_bytes + 15) & ~15ul;

	cr_assert_leq(off + n_bytes, sizeof(image->bytes), "the test's ELF image is too large");
	if (n_bytes)
		memcpy(image->bytes + off, data, n_bytes);
	image->n_bytes = off + n_bytes;
	return off;
}

uint64_t elf_image_segment(struct elf_image *image, uint32_t type, uint32_t flags, uint64_t va,
			   const void *data, size_t n_bytes)
{
	uint64_t off = elf_image_append(image, data, n_bytes);

	cr_assert_lt(image->n_segments, sizeof(image->segments) / sizeof(image->segments[0]));
	image->segments[image->n_segments++] = (Elf64_Phdr){
		.p_type = type,
		.p_flags = flags,
		.p_vaddr = va,
		.p_paddr = va,
		.p_offset = off,
		.p_filesz = n_bytes,
		.p_memsz = n_bytes,
		.p_align = 1,
	};
	return off;
}

uint32_t elf_image_section(struct elf_image *image, const char *name, uint32_t type, uint64_t va,
			   uint64_t off, uint64_t n_bytes, uint32_t link)
{
	size_t n_name = strlen(name) + 1;

	cr_assert_lt(image->n_sections + 1, sizeof(image->sections) / sizeof(image->sections[0]));
	cr_assert_leq(image->n_section_names + n_name, sizeof(image->section_names));
	memcpy(image->section_names + image->n_section_names, name, n_name);
	image->sections[image->n_sections] = (Elf64_Shdr){
		.sh_name = image->n_section_names,
		.sh_type = type,
		.sh_addr = va,
		.sh_offset = off,
		.sh_size = n_bytes,
		.sh_link = link,
	};
	image->n_section_names += n_name;
	return image->n_sections++;
}

Elf64_Ehdr *elf_image_header(struct elf_image *image)
{
	return (Elf64_Ehdr *)image->bytes;
}

Elf64_Phdr *elf_image_segment_header(struct elf_image *image, size_t i)
{
	return (Elf64_Phdr *)(image->bytes + elf_image_header(image)->e_phoff) + i;
}

Elf64_Shdr *elf_image_section_header(struct elf_image *image, size_t i)
{
	return (Elf64_Shdr *)(image->bytes + elf_image_header(image)->e_shoff) + i;
}

void elf_image_finish(struct elf_image *image)
{
	Elf64_Ehdr *header = elf_image_header(image);
	uint32_t names;

	header->e_phnum = image->n_segments;
	memcpy(image->bytes + header->e_phoff, image->segments,
	       image->n_segments * sizeof(image->segments[0]));
	if (image->n_sections == 1)
		return;
	names = elf_image_section(image, ".shstrtab", SHT_STRTAB, 0, 0, 0, 0);
	image->sections[names].sh_offset =
		elf_image_append(image, image->section_names, image->n_section_names);
	image->sections[names].sh_size = image->n_section_names;
	header->e_shoff = elf_image_append(image, image->sections,
					   image->n_sections * sizeof(image->sections[0]));
	header->e_shnum = image->n_sections;
	header->e_shstrndx = names;
}

const char *elf_image_write_part(struct elf_image *image, size_t n_bytes)
{
	int fd;

	strcpy(image->path, "/tmp/gotraced-image-XXXXXX");
	fd = mkstemp(image->path);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, image->bytes, n_bytes), (ssize_t)n_bytes);
	close(fd);
	return image->path;
}

const char *elf_image_write(struct elf_image *image)
{
	return elf_image_write_part(image, image->n_bytes);
}
