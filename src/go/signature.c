/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/signature.h"

#include <errno.h>
#include <stdlib.h>

#include "go/apart.h"
#include "go/debug_file.h"
#include "go/dwarf.h"
#include "go/dwarf_signatures.h"
#include "go/signature_build.h"

void go_types_fini(struct go_types *types)
{
	free(types->types);
	free(types->fields);
	free(types->names);
	*types = (struct go_types){ 0 };
}

void go_signatures_fini(struct go_signatures *signatures)
{
	go_types_fini(&signatures->types);
	free(signatures->signatures);
	free(signatures->variables);
	free(signatures->pieces);
	*signatures = (struct go_signatures){ 0 };
}

/* What became of reading DWARF, in words and as one error. */
static int cannot_read(const char *path, int err, struct reason *why)
{
	const char *how;

	switch (err) {
	case 0:
		return 0;
	case -ENOMEM:
		return reason_set(why, err, "out of memory reading the DWARF of %s", path);
	case -EIO:
		how = "it is damaged, or of a kind that is not known";
		break;
	case -ETIMEDOUT:
		how = "that takes too long";
		break;
	case -EFBIG:
	case -EINVAL:
		how = "what came of it cannot be true";
		break;
	default:
		how = strerror(-err);
	}
	return reason_set(why, -ENODATA, "the DWARF of %s could not be read: %s", path, how);
}

static int read_from(const struct elf_file *elf, const struct dwarf_wanted *wanted, int go_minor,
		     struct go_signatures *ret, struct reason *why)
{
	struct apart_limits limits = apart_limits_of(elf->fd, WIRE_MAX_BYTES);
	struct span answer = { NULL, 0 };
	int err;

	err = apart_run(elf->fd, dwarf_signatures_answer, wanted, &limits, &answer);
	if (!err)
		err = go_signatures_build(answer, wanted->n, go_minor, ret);
	free((void *)answer.data);
	return cannot_read(elf->path, err, why);
}

int go_signatures_read(const struct go_binary *binary, const uint64_t *vas, size_t n,
		       struct go_signatures *ret, struct reason *why)
{
	const struct dwarf_wanted wanted = { vas, n };
	const struct elf_file *elf = binary->elf;
	struct elf_file *apart = NULL;
	int err;

	if (!dwarf_is_in(elf))
		elf = apart = debug_file_open(elf);
	if (elf && dwarf_is_in(elf))
		err = read_from(elf, &wanted, binary->version.minor, ret, why);
	else
		err = reason_set(why, -ENODATA,
				 "%s has no DWARF, neither itself nor in a separate file: what "
				 "its functions take and give is not known",
				 binary->elf->path);
	elf_file_close(apart);
	return err;
}
