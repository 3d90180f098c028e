/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "go/source_frame.h"

/*
 * Prints the source frames of return addresses in a program:
 *
 *   frames PROGRAM STEP    the first of each function, and one each STEP bytes
 *   frames PROGRAM         those that come by standard input, one a line
 *
 * A line each, innermost first: the address, the function, the file and the line, between tabs, and
 * what there is to say: inlined, wrapper, both or nothing.
 */
enum { MAX_FRAMES = 256 };

static void show(const struct go_binary *binary, uint64_t va)
{
	struct source_frame frames[MAX_FRAMES];
	size_t n = source_frames_at(binary, va, true, frames, MAX_FRAMES);

	for (size_t i = 0; i < n; i++)
		printf("%lu\t%s\t%s\t%u\t%s\n", va, frames[i].function, frames[i].file,
		       frames[i].line,
		       frames[i].is_inlined && frames[i].is_wrapper ? "inlined wrapper"
		       : frames[i].is_inlined			    ? "inlined"
		       : frames[i].is_wrapper			    ? "wrapper"
								    : "");
}

static void show_all(const struct go_binary *binary, uint64_t step)
{
	for (size_t i = 0; i < binary->n_functions; i++) {
		const struct go_function *function = &binary->functions[i];

		show(binary, function->va + 1);
		for (uint64_t at = 2 + i % step; at < function->n_bytes; at += step)
			show(binary, function->va + at);
	}
}

int main(int argc, char **argv)
{
	struct go_binary *binary;
	struct reason why;
	uint64_t step, va;

	if (argc != 2 && argc != 3)
		return 2;
	if (go_binary_open(argv[1], &binary, &why)) {
		fprintf(stderr, "%s\n", why.text);
		return EXIT_FAILURE;
	}
	if (argc == 3 && (step = strtoull(argv[2], NULL, 10)) > 0)
		show_all(binary, step);
	while (argc == 2 && scanf("%lu", &va) == 1)
		show(binary, va);
	go_binary_close(binary);
	return EXIT_SUCCESS;
}
