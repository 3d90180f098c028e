/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "go/runtime_type.h"

/*
 * Prints the types of a program whose descriptors come by standard input, one a line:
 *
 *   types PROGRAM           by address
 *   types PROGRAM links     by how far they are from the first, as in the section .typelink
 *
 * A line each, with what tests/go/types prints. What is not a descriptor is left out.
 */
static void show(const struct go_binary *binary, uint64_t va)
{
	struct runtime_type type;

	if (runtime_type_read(binary, va, &type))
		return;
	printf("%lu\t%s\t%u\t%lu\t%s\t%lu\t%lu\t%lu", va, type.name, type.kind, type.n_bytes,
	       type.is_direct ? "true" : "false", type.element_va, type.n_elements, type.n_fields);
	for (size_t i = 0; i < type.n_read; i++)
		printf(" %s:%lu:%lu", type.fields[i].name, type.fields[i].type_va,
		       type.fields[i].off);
	putchar('\n');
	runtime_type_fini(&type);
}

int main(int argc, char **argv)
{
	struct go_binary *binary;
	struct reason why;
	uint64_t va;

	if (argc != 2 && argc != 3)
		return 2;
	if (go_binary_open(argv[1], &binary, &why)) {
		fprintf(stderr, "%s\n", why.text);
		return EXIT_FAILURE;
	}
	while (scanf("%lu", &va) == 1)
		show(binary, argc == 3 ? binary->pclntab.module.types_va + va : va);
	go_binary_close(binary);
	return EXIT_SUCCESS;
}
