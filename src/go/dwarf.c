/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/dwarf.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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
	MAX_SECONDS = 30,
	MIN_SECONDS = 5,
	FILE_BYTES_PER_SECOND = 32 << 20,
	/* Compressed DWARF unpacks to some three times its size. */
	MEMORY_PER_FILE_BYTE = 8,
	MEMORY_BESIDES_BYTES = 256 << 20,
	NOBODY = 65534,
};

static const uint64_t max_memory_bytes = 4UL << 30;

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

static uint64_t at_most(uint64_t value, uint64_t max)
{
	return value < max ? value : max;
}

static bool limit_resources(int fd)
{
	uint64_t n_bytes;
	struct stat st;

	if (fstat(fd, &st))
		return false;
	/* What a sparse file seems to have costs nothing to claim. */
	n_bytes = at_most((uint64_t)st.st_size, (uint64_t)st.st_blocks * 512);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CPU, at_most(MIN_SECONDS + n_bytes / FILE_BYTES_PER_SECOND, MAX_SECONDS));
	limit(RLIMIT_AS, address_space_bytes() + MEMORY_BESIDES_BYTES +
				 at_most(MEMORY_PER_FILE_BYTE * n_bytes, max_memory_bytes));
	return true;
}

/* Nobody without capabilities or, where identities may not be changed, at least without them. */
static bool give_up_rights(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	bool is_nobody = setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
			 setresuid(NOBODY, NOBODY, NOBODY) == 0;

	(void)is_nobody;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_capset, &header, none) == 0;
}

/* Leaves open only what is read from and what is answered to, both behind the standard streams. */
static void close_others(int fd, int to)
{
	unsigned int low = fd < to ? fd : to, high = fd < to ? to : fd;

	if (low > 3)
		syscall(SYS_close_range, 3, low - 1, 0);
	if (high > low + 1)
		syscall(SYS_close_range, low + 1, high - 1, 0);
	syscall(SYS_close_range, high + 1, ~0U, 0);
}

/* A crash ends the process, and that is all. */
static void be_silent(void)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(nowhere, STDIN_FILENO);
	dup2(nowhere, STDOUT_FILENO);
	dup2(nowhere, STDERR_FILENO);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		signal(crashes[i], SIG_DFL);
}

static void work_apart(int fd, int to, pid_t parent)
{
	struct dwarf_layout layout;

	if (fd <= STDERR_FILENO || to <= STDERR_FILENO)
		_exit(1);
	be_silent();
	close_others(fd, to);
	if (!limit_resources(fd) || !give_up_rights())
		_exit(1);
	/* Last, since a change of identity undoes it; the parent may be gone by now. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(1);
	if (dwarf_find_layout(fd, &layout) == 0 &&
	    write(to, &layout, sizeof(layout)) == sizeof(layout))
		_exit(0);
	_exit(1);
}

/* All of what is read; less when the other end closes before. */
static bool read_whole(int fd, void *to, size_t n_bytes)
{
	ssize_t n;

	do
		n = read(fd, to, n_bytes);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)n_bytes;
}

int dwarf_find_layout_apart(int fd, struct dwarf_layout *ret)
{
	pid_t parent = getpid(), pid;
	struct dwarf_layout layout;
	bool is_found;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid == 0)
		work_apart(fd, ends[1], parent);
	close(ends[1]);
	is_found = pid > 0 && read_whole(ends[0], &layout, sizeof(layout));
	close(ends[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (!is_found)
		return -ENODATA;
	*ret = layout;
	return 0;
}
