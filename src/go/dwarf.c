/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/dwarf.h"

#include <dwarf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "go/apart.h"
#include "go/dwarf_reader.h"

bool dwarf_is_in(const struct elf_file *elf)
{
	return elf_file_section(elf, ".debug_info") || elf_file_section(elf, ".zdebug_info");
}

static bool is_named(const struct dwarf_reader *reader, Dwarf_Die *die, int tag, const char *name)
{
	const char *found = dwarf_tag(die) == tag ? dwarf_reader_name(reader, die) : NULL;

	return found && strcmp(found, name) == 0;
}

static bool find_child(const struct dwarf_reader *reader, Dwarf_Die *parent, int tag,
		       const char *name, Dwarf_Die *ret)
{
	bool has_next = dwarf_child(parent, ret) == 0;

	while (has_next && !is_named(reader, ret, tag, name))
		has_next = dwarf_reader_next(ret);
	return has_next;
}

/* The offset of a struct's member, and the type of the member when that is wanted. */
static bool find_member(const struct dwarf_reader *reader, Dwarf_Die *of, const char *name,
			uint64_t *ret_off, Dwarf_Die *ret_type)
{
	Dwarf_Die member;

	return find_child(reader, of, DW_TAG_member, name, &member) &&
	       dwarf_reader_number(&member, DW_AT_data_member_location, ret_off) &&
	       (!ret_type || dwarf_reader_follow(&member, DW_AT_type, ret_type));
}

/* Every compilation unit that is called so is looked into; Go's linker makes one. */
static bool find_runtime_g(const struct dwarf_reader *reader, Dwarf_Die *ret)
{
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;

	while (dwarf_get_units(reader->dwarf, unit, &unit, NULL, NULL, &die, NULL) == 0)
		if (is_named(reader, &die, DW_TAG_compile_unit, "runtime") &&
		    find_child(reader, &die, DW_TAG_structure_type, "runtime.g", ret))
			return true;
	return false;
}

static bool read_layout(const struct dwarf_reader *reader, struct dwarf_layout *ret)
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
	struct dwarf_reader reader;
	bool is_found = dwarf_reader_open(&reader, fd) && read_layout(&reader, ret);

	dwarf_reader_close(&reader);
	return is_found ? 0 : -ENODATA;
}

static bool answer_layout(int fd, int to, const void *context)
{
	struct dwarf_layout layout;

	(void)context;
	return dwarf_find_layout(fd, &layout) == 0 && apart_write(to, &layout, sizeof(layout));
}

int dwarf_find_layout_apart(int fd, struct dwarf_layout *ret)
{
	struct apart_limits limits = apart_limits_of(fd, sizeof(*ret));
	struct span answer;
	bool is_whole;

	if (apart_run(fd, answer_layout, NULL, &limits, &answer))
		return -ENODATA;
	is_whole = answer.n_bytes == sizeof(*ret) && span_copy(answer, 0, ret, sizeof(*ret));
	free((void *)answer.data);
	return is_whole ? 0 : -ENODATA;
}
