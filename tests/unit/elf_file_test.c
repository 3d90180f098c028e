/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/elf_file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_image.h"

enum { CODE_VA = 0x401000, DATA_VA = 0x600000 };

static struct elf_image image;
static struct elf_file *elf;
static struct reason why;
static char directory[] = "/tmp/gotraced-test-XXXXXX";

static const char code[32] = "\xc3 code";
static const char data[16] = "data";

/* A program with code, data and a section for each. */
static void init(void)
{
	uint64_t code_off, data_off;

	elf_image_init(&image);
	code_off = elf_image_segment(&image, PT_LOAD, PF_R | PF_X, CODE_VA, code, sizeof(code));
	data_off = elf_image_segment(&image, PT_LOAD, PF_R | PF_W, DATA_VA, data, sizeof(data));
	image.segments[1].p_memsz = 4096;
	elf_image_section(&image, ".text", SHT_PROGBITS, CODE_VA, code_off, sizeof(code), 0);
	elf_image_section(&image, ".data", SHT_PROGBITS, DATA_VA, data_off, sizeof(data), 0);
	elf_image_section(&image, ".bss", SHT_NOBITS, DATA_VA + 16, data_off, 1 << 30, 0);
}

static void fini(void)
{
	elf_file_close(elf);
	elf_image_fini(&image);
}

TestSuite(elf_file, .init = init, .fini = fini, .timeout = 10);

static void open_image(void)
{
	elf_image_finish(&image);
	cr_assert_eq(elf_file_open(elf_image_write(&image), &elf, &why), 0, "%s", why.text);
}

/* Opens what is in the image, headers finished, and expects a refusal that names the file and says
 * so. */
static void assert_refused_part(size_t n_bytes, const char *saying)
{
	const char *path = elf_image_write_part(&image, n_bytes);

	why.text[0] = 0;
	cr_assert_eq(elf_file_open(path, &elf, &why), -ENOEXEC, "opened, or for another reason: %s",
		     why.text);
	cr_assert_null(elf, "*ret is untouched on failure");
	cr_assert_not_null(strstr(why.text, path), "%s", why.text);
	cr_assert_not_null(strstr(why.text, saying), "%s", why.text);
	unlink(path);
}

static void assert_refused(const char *saying)
{
	assert_refused_part(image.n_bytes, saying);
}

Test(elf_file, opens_a_program)
{
	open_image();
	cr_assert_eq(elf->n_bytes, image.n_bytes);
	cr_assert_str_eq(elf->path, image.path);
	cr_assert_eq(elf->n_segments, 2);
	cr_assert(elf->segments[0].is_executable);
	cr_assert_not(elf->segments[0].is_writable);
	cr_assert_not(elf->segments[1].is_executable);
	cr_assert(elf->segments[1].is_writable);
	cr_assert_eq(elf->segments[1].file_bytes, 16);
	cr_assert_eq(elf->segments[1].memory_bytes, 4096);
}

Test(elf_file, opens_a_program_without_sections)
{
	image.n_sections = 1;
	open_image();
	cr_assert_eq(elf->n_sections, 0);
	cr_assert_null(elf_file_section(elf, ".text"));
}

Test(elf_file, refuses_what_is_no_elf_file)
{
	strcpy((char *)image.bytes, "#!/bin/sh\nexit 0\n");
	assert_refused("not an ELF file");
}

Test(elf_file, refuses_an_empty_file)
{
	assert_refused_part(0, "");
}

Test(elf_file, refuses_an_archive)
{
	strcpy((char *)image.bytes, "!<arch>\n");
	assert_refused_part(8, "");
}

Test(elf_file, refuses_a_32_bit_program)
{
	Elf32_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_386,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(Elf32_Ehdr),
	};

	memcpy(image.bytes, &header, sizeof(header));
	assert_refused("32-bit x86");
}

Test(elf_file, refuses_a_program_for_arm64)
{
	elf_image_finish(&image);
	elf_image_header(&image)->e_machine = EM_AARCH64;
	assert_refused("arm64");
}

Test(elf_file, refuses_an_object_file)
{
	elf_image_finish(&image);
	elf_image_header(&image)->e_type = ET_REL;
	assert_refused("object file");
}

Test(elf_file, refuses_a_core_dump)
{
	elf_image_finish(&image);
	elf_image_header(&image)->e_type = ET_CORE;
	assert_refused("core dump");
}

Test(elf_file, refuses_a_shared_library)
{
	elf_image_finish(&image);
	elf_image_header(&image)->e_type = ET_DYN;
	assert_refused("shared library");
}

Test(elf_file, opens_a_position_independent_program_with_an_interpreter)
{
	elf_image_segment(&image, PT_INTERP, PF_R, 0, "/lib64/ld", 10);
	elf_image_header(&image)->e_type = ET_DYN;
	open_image();
}

static void add_dynamic(uint64_t flags_1)
{
	const Elf64_Dyn dynamic[] = {
		{ .d_tag = DT_FLAGS_1, .d_un.d_val = flags_1 },
		{ .d_tag = DT_NULL },
		{ .d_tag = DT_FLAGS_1, .d_un.d_val = DF_1_PIE },
	};

	elf_image_segment(&image, PT_DYNAMIC, PF_R, 0, dynamic, sizeof(dynamic));
	elf_image_header(&image)->e_type = ET_DYN;
}

Test(elf_file, opens_a_static_position_independent_program)
{
	add_dynamic(DF_1_NOW | DF_1_PIE);
	open_image();
}

Test(elf_file, refuses_a_library_whose_flags_lie_behind_the_end_of_its_dynamic_section)
{
	add_dynamic(DF_1_NOW);
	elf_image_finish(&image);
	assert_refused("shared library");
}

Test(elf_file, refuses_a_file_cut_off_anywhere)
{
	char saying[] = "";

	elf_image_finish(&image);
	for (size_t n_bytes = 0; n_bytes < image.n_bytes; n_bytes += n_bytes < 700 ? 1 : 13)
		assert_refused_part(n_bytes, saying);
	assert_refused_part(image.n_bytes - 1, "truncated");
}

Test(elf_file, refuses_a_program_without_segments)
{
	image.n_segments = 0;
	elf_image_finish(&image);
	assert_refused("program headers");
}

Test(elf_file, refuses_program_headers_past_the_end)
{
	elf_image_finish(&image);
	elf_image_header(&image)->e_phoff = image.n_bytes - 16;
	assert_refused("");
	elf_image_header(&image)->e_phoff = UINT64_MAX - 64;
	assert_refused("");
}

Test(elf_file, refuses_more_program_headers_than_fit)
{
	elf_image_finish(&image);
	elf_image_header(&image)->e_phnum = 0xfff0;
	assert_refused("");
}

Test(elf_file, refuses_a_segment_past_the_end)
{
	elf_image_finish(&image);
	elf_image_segment_header(&image, 1)->p_filesz = image.n_bytes;
	assert_refused("a segment lies past its end");
	elf_image_segment_header(&image, 1)->p_filesz = UINT64_MAX;
	assert_refused("a segment lies past its end");
	elf_image_segment_header(&image, 1)->p_filesz = 16;
	elf_image_segment_header(&image, 1)->p_offset = UINT64_MAX - 8;
	assert_refused("a segment lies past its end");
}

Test(elf_file, refuses_section_headers_past_the_end)
{
	elf_image_finish(&image);
	elf_image_header(&image)->e_shoff = UINT64_MAX - 32;
	assert_refused("section headers lie past its end");
}

Test(elf_file, refuses_a_section_past_the_end)
{
	elf_image_finish(&image);
	elf_image_section_header(&image, 1)->sh_size = UINT64_MAX;
	assert_refused("a section lies past its end");
	elf_image_section_header(&image, 1)->sh_size = 16;
	elf_image_section_header(&image, 1)->sh_offset = image.n_bytes + 1;
	assert_refused("a section lies past its end");
}

Test(elf_file, refuses_section_names_past_the_end)
{
	elf_image_finish(&image);
	elf_image_section_header(&image, elf_image_header(&image)->e_shstrndx)->sh_size =
		UINT64_MAX;
	assert_refused("section names");
}

Test(elf_file, refuses_section_names_that_are_nowhere)
{
	elf_image_finish(&image);
	elf_image_header(&image)->e_shstrndx = 1000;
	assert_refused("section names");
}

Test(elf_file, gives_a_section_with_a_bad_name_no_name)
{
	elf_image_finish(&image);
	elf_image_section_header(&image, 1)->sh_name = UINT32_MAX;
	cr_assert_eq(elf_file_open(elf_image_write(&image), &elf, &why), 0, "%s", why.text);
	cr_assert_null(elf->sections[1].name);
	cr_assert_null(elf_file_section(elf, ".text"));
	cr_assert_not_null(elf_file_section(elf, ".data"));
}

Test(elf_file, finds_only_sections_that_have_bytes)
{
	open_image();
	cr_assert_eq(elf_file_section(elf, ".data")->va, DATA_VA);
	cr_assert_null(elf_file_section(elf, ".bss"));
	cr_assert_null(elf_file_section(elf, ".dat"));
}

Test(elf_file, reads_up_to_the_end_of_the_file_and_not_beyond)
{
	char bytes[16];

	open_image();
	cr_assert_eq(elf_file_read(elf, 0, bytes, 4), 0);
	cr_assert_eq(memcmp(bytes, "\177ELF", 4), 0);
	cr_assert_eq(elf_file_read(elf, image.n_bytes - 16, bytes, 16), 0);
	cr_assert_eq(elf_file_read(elf, image.n_bytes, bytes, 0), 0);
	cr_assert_eq(elf_file_read(elf, image.n_bytes - 15, bytes, 16), -EINVAL);
	cr_assert_eq(elf_file_read(elf, image.n_bytes + 1, bytes, 0), -EINVAL);
	cr_assert_eq(elf_file_read(elf, UINT64_MAX, bytes, 16), -EINVAL);
	cr_assert_eq(elf_file_read(elf, UINT64_MAX - 7, bytes, 16), -EINVAL);
}

Test(elf_file, reads_by_address_within_one_segment)
{
	char bytes[64];

	open_image();
	cr_assert_eq(elf_file_read_va(elf, DATA_VA, bytes, 16), 0);
	cr_assert_eq(memcmp(bytes, data, 16), 0);
	cr_assert_eq(elf_file_read_va(elf, CODE_VA + 2, bytes, 4), 0);
	cr_assert_eq(memcmp(bytes, "code", 4), 0);
	cr_assert_eq(elf_file_read_va(elf, DATA_VA, bytes, 17), -EINVAL);
	cr_assert_eq(elf_file_read_va(elf, DATA_VA - 1, bytes, 1), -EINVAL);
	cr_assert_eq(elf_file_read_va(elf, CODE_VA + 31, bytes, 2), -EINVAL);
	cr_assert_eq(elf_file_read_va(elf, UINT64_MAX, bytes, 1), -EINVAL);
}

Test(elf_file, notices_a_file_that_shrinks_while_it_is_open)
{
	char bytes[16];

	open_image();
	cr_assert_eq(truncate(image.path, 100), 0);
	cr_assert_eq(elf_file_read(elf, 200, bytes, 16), -EINVAL);
	cr_assert_eq(elf_file_read(elf, 92, bytes, 16), -EINVAL);
}

Test(elf_file, turns_addresses_into_offsets)
{
	uint64_t off = 4711;

	open_image();
	cr_assert(elf_file_va_to_off(elf, CODE_VA, &off));
	cr_assert_eq(off, image.segments[0].p_offset);
	cr_assert(elf_file_va_to_off(elf, CODE_VA + 31, &off));
	cr_assert_eq(off, image.segments[0].p_offset + 31);
	off = 4711;
	cr_assert_not(elf_file_va_to_off(elf, CODE_VA + 32, &off));
	cr_assert_not(elf_file_va_to_off(elf, CODE_VA - 1, &off));
	/* In memory, but not in the file. */
	cr_assert_not(elf_file_va_to_off(elf, DATA_VA + 100, &off));
	cr_assert_eq(off, 4711);
}

Test(elf_file, has_no_address_in_segments_that_are_not_loaded)
{
	uint64_t off;

	elf_image_segment(&image, PT_NOTE, PF_R, 0x900000, "note", 4);
	open_image();
	cr_assert_not(elf_file_va_to_off(elf, 0x900000, &off));
	cr_assert_null(elf_file_segment_at(elf, 0x900000, 1));
}

Test(elf_file, has_no_segment_for_a_range_that_wraps_round)
{
	open_image();
	cr_assert_not_null(elf_file_segment_at(elf, CODE_VA, 32));
	cr_assert_null(elf_file_segment_at(elf, CODE_VA, 33));
	cr_assert_null(elf_file_segment_at(elf, CODE_VA + 1, UINT64_MAX));
	cr_assert_null(elf_file_segment_at(elf, UINT64_MAX, 2));
}

Test(elf_file, loads_only_what_lies_in_the_file)
{
	struct span span = { NULL, 4711 };

	open_image();
	cr_assert_eq(elf_file_load(elf, 0, image.n_bytes + 1, &span), -EINVAL);
	cr_assert_eq(elf_file_load(elf, 1, UINT64_MAX, &span), -EINVAL);
	cr_assert_eq(elf_file_load(elf, UINT64_MAX, 1, &span), -EINVAL);
	cr_assert_eq(span.n_bytes, 4711);
	cr_assert_eq(elf_file_load(elf, 1, 3, &span), 0);
	cr_assert_eq(span.n_bytes, 3);
	cr_assert_eq(memcmp(span.data, "ELF", 3), 0);
	free((void *)span.data);
	cr_assert_eq(elf_file_load(elf, image.n_bytes, 0, &span), 0);
	cr_assert_eq(span.n_bytes, 0);
	free((void *)span.data);
}

Test(elf_file, fails_on_a_file_that_is_not_there)
{
	cr_assert_eq(elf_file_open("/nonexistent/server", &elf, &why), -ENOENT);
	cr_assert_not_null(strstr(why.text, "/nonexistent/server"));
	cr_assert_eq(elf_file_open("", &elf, &why), -ENOENT);
}

Test(elf_file, refuses_a_directory)
{
	cr_assert_eq(elf_file_open("/tmp", &elf, &why), -ENOEXEC);
	cr_assert_not_null(strstr(why.text, "/tmp is not a file"));
}

Test(elf_file, refuses_a_fifo_without_waiting_for_a_writer)
{
	char path[64];
	int err;

	cr_assert_not_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/fifo", directory);
	cr_assert_eq(mkfifo(path, 0600), 0);
	err = elf_file_open(path, &elf, &why);
	unlink(path);
	rmdir(directory);
	cr_assert_eq(err, -ENOEXEC);
	cr_assert_not_null(strstr(why.text, "is not a file"));
}

Test(elf_file, that_was_never_opened_can_be_closed)
{
	elf_file_close(NULL);
}
