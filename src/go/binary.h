/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_BINARY_H
#define GOTRACED_GO_BINARY_H

#include "go/elf_file.h"
#include "go/pclntab.h"
#include "go/runtime_layout.h"
#include "go/symtab.h"
#include "go/version.h"

/*
 * A Go program as a file: what it was built with, which functions it has, and how its goroutines
 * are found.
 */
struct go_function {
	const char *name; /* as Go's own stack traces print it; owned by the binary */
	uint64_t va;
	uint64_t n_bytes;
	uint64_t index; /* in the pclntab */
	uint8_t id; /* 0 but for wrappers and functions that the runtime knows in particular */
	bool is_wrapper; /* made by the compiler, such as for a promoted method */
	bool is_assembly; /* keeps to ABI0: g is not promised to be in R14 */
	bool writes_sp; /* moves to another stack, such as runtime.mcall */
};

struct go_binary {
	struct elf_file *elf;
	struct go_version version;
	struct pclntab pclntab;
	struct symtab symtab;
	struct runtime_layout layout;
	bool has_debug_file; /* symbols and DWARF that it lacks came from a separate file */
	struct go_function
		*functions; /* by ascending address; all of them lie in executable segments */
	size_t n_functions;
};

int go_binary_open(const char *path, struct go_binary **ret, struct reason *why);
void go_binary_close(struct go_binary *binary);

/* Does the function find its runtime.g in thread-local storage? Else it has it in R14. */
bool go_binary_g_is_in_tls(const struct go_binary *binary, const struct go_function *function);

/* The function that holds an address, or NULL. */
const struct go_function *go_binary_function_at(const struct go_binary *binary, uint64_t va);

/* The first function of that name, or NULL. */
const struct go_function *go_binary_function_named(const struct go_binary *binary,
						   const char *name);

#endif
