/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_VERSION_H
#define GOTRACED_GO_VERSION_H

#include "go/elf_file.h"

/*
 * The Go release that built a program: "go1.22.12" is minor 22. The text is as the program has it,
 * cut to fit.
 */
enum { GO_VERSION_OLDEST_MINOR = 15 }; /* whose tables are known here */

struct go_version {
	int minor;
	char text[64];
};

/*
 * Reads the version from the build information that Go's linker puts into a program
 * (cmd/link/internal/ld, buildinfo; debug/buildinfo reads it), or, where that was removed, from the
 * runtime's own variable. -ENOENT when there is neither, -EINVAL when it does not name a Go 1.N
 * release.
 */
int go_version_read(const struct elf_file *elf, struct go_version *ret);

#endif
