/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_ELF_IMAGE_H
#define GOTRACED_TESTS_ELF_IMAGE_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A small ELF file, made by a test and written to a temporary file. Segments are laid down in the
 * order in which they are added; elf_image_finish adds the headers, after which a test may spoil
 * any byte before it calls elf_image_write.
 */
struct elf_image {
	uint8_t bytes[1 << 16];
	size_t n_bytes;
	Elf64_Phdr segments[8];
	size_t n_segments;
	Elf64_Shdr sections[16];
	size_t n_sections;
	char section_names[256];
	size_t n_section_names;
	char path[64];
};

/* An x86-64 program (ET_EXEC) without segments and sections. */
void elf_image_init(struct elf_image *image);

/* Removes the file. */
void elf_image_fini(struct elf_image *image);

/* The offset of the segment's bytes in the file. */
uint64_t elf_image_segment(struct elf_image *image, uint32_t type, uint32_t flags, uint64_t va,
			   const void *data, size_t n_bytes);

/* The index of the section. */
uint32_t elf_image_section(struct elf_image *image, const char *name, uint32_t type, uint64_t va,
			   uint64_t off, uint64_t n_bytes, uint32_t link);

/* Bytes that belong to no segment; their offset. */
uint64_t elf_image_append(struct elf_image *image, const void *data, size_t n_bytes);

/* The header, valid once the image is finished (its type and machine from the start). */
Elf64_Ehdr *elf_image_header(struct elf_image *image);
Elf64_Phdr *elf_image_segment_header(struct elf_image *image, size_t i);
Elf64_Shdr *elf_image_section_header(struct elf_image *image, size_t i);

void elf_image_finish(struct elf_image *image);

/* The path of the file, of the image's first n_bytes bytes. */
const char *elf_image_write_part(struct elf_image *image, size_t n_bytes);
const char *elf_image_write(struct elf_image *image);

#endif
