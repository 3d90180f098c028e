/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/dwarf_reader.h"

#include <gelf.h>

/*
 * libdw checks that what it reads lies in a section, but not that a name ends there. Called after
 * it has seen to it that the sections are no longer compressed.
 */
static void note_sections(struct dwarf_reader *reader)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(reader->elf, section)) &&
	       reader->n_sections < DWARF_READER_MAX_SECTIONS) {
		GElf_Shdr header;
		Elf_Data *data = gelf_getshdr(section, &header) && !(header.sh_flags & SHF_ALLOC)
					 ? elf_getdata(section, NULL)
					 : NULL;

		if (data && data->d_buf)
			reader->sections[reader->n_sections++] =
				(struct span){ data->d_buf, data->d_size };
	}
}

bool dwarf_reader_open(struct dwarf_reader *reader, int fd)
{
	*reader = (struct dwarf_reader){ 0 };
	elf_version(EV_CURRENT);
	reader->elf = elf_begin(fd, ELF_C_READ, NULL);
	if (reader->elf)
		reader->dwarf = dwarf_begin_elf(reader->elf, DWARF_C_READ, NULL);
	if (reader->dwarf)
		note_sections(reader);
	return reader->dwarf != NULL;
}

void dwarf_reader_close(struct dwarf_reader *reader)
{
	dwarf_end(reader->dwarf);
	elf_end(reader->elf);
}

const char *dwarf_reader_name(const struct dwarf_reader *reader, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);

	for (size_t i = 0; name && i < reader->n_sections; i++) {
		uintptr_t at = (uintptr_t)name - (uintptr_t)reader->sections[i].data;

		if (at < reader->sections[i].n_bytes)
			return span_name(reader->sections[i], at);
	}
	return NULL;
}

bool dwarf_reader_next(Dwarf_Die *die)
{
	Dwarf_Off off = dwarf_dieoffset(die);

	return dwarf_siblingof(die, die) == 0 && dwarf_dieoffset(die) > off;
}

bool dwarf_reader_follow(Dwarf_Die *die, unsigned int attribute, Dwarf_Die *ret)
{
	Dwarf_Attribute found;

	return dwarf_attr_integrate(die, attribute, &found) && dwarf_formref_die(&found, ret);
}

bool dwarf_reader_number(Dwarf_Die *die, unsigned int attribute, uint64_t *ret)
{
	Dwarf_Attribute found;
	Dwarf_Word number;

	if (!dwarf_attr_integrate(die, attribute, &found) || dwarf_formudata(&found, &number))
		return false;
	*ret = number;
	return true;
}

bool dwarf_reader_flag(Dwarf_Die *die, unsigned int attribute)
{
	Dwarf_Attribute found;
	bool is_set;

	return dwarf_attr_integrate(die, attribute, &found) && !dwarf_formflag(&found, &is_set) &&
	       is_set;
}
