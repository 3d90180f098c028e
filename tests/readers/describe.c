/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "go/binary.h"

/*
 * Prints what the readers make of a program, for tests that compare programs with each other: a
 * JSON object.
 */
int main(int argc, char **argv)
{
	struct dwarf_layout dwarf = { 0 };
	struct go_binary *binary;
	struct reason why;

	if (argc != 2)
		return 2;
	if (go_binary_open(argv[1], &binary, &why)) {
		fprintf(stderr, "%s\n", why.text);
		return EXIT_FAILURE;
	}
	/* 0 where the program itself has no DWARF. */
	dwarf_find_layout(binary->elf->fd, &dwarf);
	printf("{\"version\": \"%s\", \"minor\": %d, \"functions\": %zu, \"goid_off\": %d, "
	       "\"dwarf_goid_off\": %lu, "
	       "\"is_assumed\": %s, \"is_g_in_r14\": %s, \"tls_off\": %d, \"has_debug_file\": %s, "
	       "\"has_symbols\": %s}\n",
	       binary->version.text, binary->version.minor, binary->n_functions,
	       binary->layout.goid_off, dwarf.goid_off,
	       binary->layout.is_assumed ? "true" : "false",
	       binary->layout.is_g_in_r14 ? "true" : "false",
	       binary->layout.is_tls_known ? binary->layout.tls_off : 0,
	       binary->has_debug_file ? "true" : "false",
	       binary->symtab.symbols.n_bytes ? "true" : "false");
	go_binary_close(binary);
	return EXIT_SUCCESS;
}
