/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/dwarf.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "go/span.h"

/*
 * libdw checks that what it reads lies in a section, but not that a name ends there. The sections
 * of a program with DWARF are two dozen at most.
 */
enum { MAX_SECTIONS = 64 };

struct reader {
	Dwarf *dwarf;
	struct span sections[MAX_SECTIONS];
	size_t n_sections;
};

/* After libdw has seen to it that they are no longer compressed. */
static void note_sections(struct reader *reader, Elf *elf)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section)) && reader->n_sections < MAX_SECTIONS) {
		GElf_Shdr header;
		Elf_Data *data = gelf_getshdr(section, &header) && !(header.sh_flags & SHF_ALLOC)
					 ? elf_getdata(section, NULL)
					 : NULL;

		if (data && data->d_buf)
			reader->sections[reader->n_sections++] =
				(struct span){ data->d_buf, data->d_size };
	}
}

static bool has_end(const struct reader *reader, const char *name)
{
	for (size_t i = 0; i < reader->n_sections; i++) {
		uintptr_t at = (uintptr_t)name - (uintptr_t)reader->sections[i].data;

		if (at < reader->sections[i].n_bytes)
			return span_string(reader->sections[i], at) != NULL;
	}
	return false;
}

static bool is_named(const struct reader *reader, Dwarf_Die *die, int tag, const char *name)
{
	const char *found = dwarf_tag(die) == tag ? dwarf_diename(die) : NULL;

	return found && has_end(reader, found) && strcmp(found, name) == 0;
}

static bool find_child(const struct reader *reader, Dwarf_Die *parent, int tag, const char *name,
		       Dwarf_Die *ret)
{
	bool has_next = dwarf_child(parent, ret) == 0;

	while (has_next && !is_named(reader, ret, tag, name))
		has_next = dwarf_siblingof(ret, ret) == 0;
	return has_next;
}

/* The offset of a struct's member, and the type of the member when that is wanted. */
static bool find_member(const struct reader *reader, Dwarf_Die *of, const char *name,
			uint64_t *ret_off, Dwarf_Die *ret_type)
{
	Dwarf_Attribute attribute;
	Dwarf_Word off;
	Dwarf_Die member;

	if (!find_child(reader, of, DW_TAG_member, name, &member) ||
	    !dwarf_attr(&member, DW_AT_data_member_location, &attribute) ||
	    dwarf_formudata(&attribute, &off))
		return false;
	*ret_off = off;
	return !ret_type || (dwarf_attr(&member, DW_AT_type, &attribute) &&
			     dwarf_formref_die(&attribute, ret_type));
}

/* Every compilation unit that is called so is looked into; Go's linker makes one. */
static bool find_runtime_g(const struct reader *reader, Dwarf_Die *ret)
{
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;

	while (dwarf_get_units(reader->dwarf, unit, &unit, NULL, NULL, &die, NULL) == 0)
		if (is_named(reader, &die, DW_TAG_compile_unit, "runtime") &&
		    find_child(reader, &die, DW_TAG_structure_type, "runtime.g", ret))
			return true;
	return false;
}

static bool read_layout(const struct reader *reader, struct dwarf_layout *ret)
{
	struct dwarf_layout layout;
	uint64_t stack_off;
	Dwarf_Die g, stack;

	if (!find_runtime_g(reader, &g) ||
	    !find_member(reader, &g, "goid", &layout.goid_off, NULL) ||
	    !find_member(reader, &g, "stack", &stack_off, &stack) ||
	    dwarf_peel_type(&stack, &stack) ||
	    !find_member(reader, &stack, "hi", &layout.stack_hi_off, NULL))
		return false;
	layout.stack_hi_off += stack_off;
	*ret = layout;
	return true;
}

int dwarf_find_layout(int fd, struct dwarf_layout *ret)
{
	struct reader reader = { 0 };
	bool is_found = false;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf)
		return -ENODATA;
	reader.dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	if (reader.dwarf) {
		note_sections(&reader, elf);
		is_found = read_layout(&reader, ret);
	}
	dwarf_end(reader.dwarf);
	elf_end(elf);
	return is_found ? 0 : -ENODATA;
}

enum {
	MAX_SECONDS = 5,
	FILE_BYTES_PER_SECOND = 32 << 20,
	/* Compressed DWARF unpacks to some three times its size. */
	MEMORY_PER_FILE_BYTE = 8,
	MEMORY_BESIDES_BYTES = 256 << 20,
	NOBODY = 65534,
};

static void limit(int resource, uint64_t to)
{
	struct rlimit now = { to, to };

	setrlimit(resource, &now);
}

/* What the address space holds already, such as a sanitizer's shadow memory, is not counted. */
static uint64_t address_space_bytes(void)
{
	unsigned long n_pages = 0;
	FILE *statm = fopen("/proc/self/statm", "re");

	if (statm && fscanf(statm, "%lu", &n_pages) != 1)
		n_pages = 0;
	if (statm)
		fclose(statm);
	return n_pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void give_up_rights(int fd)
{
	struct stat st;

	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	if (fstat(fd, &st))
		_exit(1);
	limit(RLIMIT_CPU, MAX_SECONDS + (uint64_t)st.st_size / FILE_BYTES_PER_SECOND);
	limit(RLIMIT_AS, address_space_bytes() + MEMORY_BESIDES_BYTES +
				 MEMORY_PER_FILE_BYTE * (uint64_t)st.st_size);
	/* Without the right to change it was somebody already. */
	if (setresgid(NOBODY, NOBODY, NOBODY) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0)
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* A crash ends the process, and that is all. */
static void be_silent(void)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(nowhere, STDOUT_FILENO);
	dup2(nowhere, STDERR_FILENO);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		signal(crashes[i], SIG_DFL);
}

static void work_apart(int fd, int to)
{
	struct dwarf_layout layout;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	be_silent();
	give_up_rights(fd);
	if (dwarf_find_layout(fd, &layout) == 0 &&
	    write(to, &layout, sizeof(layout)) == sizeof(layout))
		_exit(0);
	_exit(1);
}

int dwarf_find_layout_apart(int fd, struct dwarf_layout *ret)
{
	struct dwarf_layout layout;
	ssize_t n = 0;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid == 0)
		work_apart(fd, ends[1]);
	close(ends[1]);
	if (pid > 0) {
		n = read(ends[0], &layout, sizeof(layout));
		waitpid(pid, NULL, 0);
	}
	close(ends[0]);
	if (n != sizeof(layout))
		return -ENODATA;
	*ret = layout;
	return 0;
}
