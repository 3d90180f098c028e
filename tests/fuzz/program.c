/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "program.h"

#include <sys/mman.h>
#include <unistd.h>

#include "go_image.h"
#include "require.h"

int file_descriptor(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("gotraced-input", MFD_CLOEXEC);
	require(fd >= 0);
	return fd;
}

const char *file_of(const void *data, size_t n_bytes)
{
	static char path[32];
	int fd = file_descriptor();

	require(ftruncate(fd, n_bytes) == 0);
	require(pwrite(fd, data, n_bytes, 0) == (ssize_t)n_bytes);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

const char *program_of(struct span text, struct span table, struct span data, bool has_sections)
{
	static struct elf_image elf;
	uint64_t text_off, table_off, data_off;

	elf_image_init(&elf);
	text_off = elf_image_segment(&elf, PT_LOAD, PF_R | PF_X, GO_IMAGE_TEXT_VA, text.data,
				     text.n_bytes);
	table_off = elf_image_segment(&elf, PT_LOAD, PF_R, GO_IMAGE_TABLE_VA, table.data,
				      table.n_bytes);
	data_off = elf_image_segment(&elf, PT_LOAD, PF_R | PF_W, GO_IMAGE_DATA_VA, data.data,
				     data.n_bytes);
	if (has_sections) {
		elf_image_section(&elf, ".text", SHT_PROGBITS, GO_IMAGE_TEXT_VA, text_off,
				  text.n_bytes, 0);
		elf_image_section(&elf, ".gopclntab", SHT_PROGBITS, GO_IMAGE_TABLE_VA, table_off,
				  table.n_bytes, 0);
		elf_image_section(&elf, ".go.buildinfo", SHT_PROGBITS, GO_IMAGE_DATA_VA, data_off,
				  data.n_bytes, 0);
	}
	elf_image_finish(&elf);
	return file_of(elf.bytes, elf.n_bytes);
}
