/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/binary.h"

#include <errno.h>
#include <stdlib.h>

#include "go/debug_file.h"
#include "go/dwarf.h"

static int read_functions(struct go_binary *binary, struct reason *why)
{
	const struct pclntab *table = &binary->pclntab;
	const char *path = binary->elf->path;
	uint64_t previous_end_va = 0;

	binary->functions = calloc(table->n_functions, sizeof(*binary->functions));
	if (!binary->functions)
		return reason_set(why, -ENOMEM, "out of memory reading the function table of %s",
				  path);
	for (uint64_t i = 0; i < table->n_functions; i++) {
		const struct elf_segment *code;
		struct pclntab_function entry;

		if (!pclntab_function(table, i, &entry) || entry.va < previous_end_va)
			return reason_set(
				why, -EINVAL,
				"%s: the function table (pclntab) is damaged at entry %lu", path,
				i);
		previous_end_va = entry.end_va;
		code = elf_file_segment_at(binary->elf, entry.va, entry.end_va - entry.va);
		if (!code || !code->is_executable)
			return reason_set(why, -EINVAL,
					  "%s: the function table (pclntab) is damaged: %s does "
					  "not lie in the code",
					  path, entry.name);
		binary->functions[binary->n_functions++] = (struct go_function){
			.name = entry.name,
			.va = entry.va,
			.n_bytes = entry.end_va - entry.va,
			.index = i,
			.id = entry.id,
			.is_wrapper = entry.is_wrapper,
			.is_assembly = entry.flags & PCLNTAB_FLAG_ASSEMBLY,
			.writes_sp = entry.flags & PCLNTAB_FLAG_WRITES_SP,
		};
	}
	return 0;
}

bool go_binary_g_is_in_tls(const struct go_binary *binary, const struct go_function *function)
{
	return !binary->layout.is_g_in_r14 || function->is_assembly;
}

const struct go_function *go_binary_function_at(const struct go_binary *binary, uint64_t va)
{
	size_t low = 0, high = binary->n_functions;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct go_function *function = &binary->functions[middle];

		if (va < function->va)
			high = middle;
		else if (va - function->va >= function->n_bytes)
			low = middle + 1;
		else
			return function;
	}
	return NULL;
}

const struct go_function *go_binary_function_named(const struct go_binary *binary, const char *name)
{
	for (size_t i = 0; i < binary->n_functions; i++)
		if (strcmp(binary->functions[i].name, name) == 0)
			return &binary->functions[i];
	return NULL;
}

/*
 * Symbols know the exact size of a function, without the padding, and spell out the type arguments
 * that the pclntab of Go 1.18 to 1.20 abbreviates to [...].
 */
static void refine_by_symbols(struct go_binary *binary)
{
	struct symbol symbol;

	for (uint64_t at = 0; symtab_next(&binary->symtab, &at, &symbol);) {
		struct go_function *function;

		if (!symbol.is_function)
			continue;
		function = (struct go_function *)go_binary_function_at(binary, symbol.va);
		if (!function || function->va != symbol.va)
			continue;
		if (symbol.n_bytes > 0 && symbol.n_bytes < function->n_bytes)
			function->n_bytes = symbol.n_bytes;
		if (strstr(function->name, "[...]"))
			function->name = symbol.name;
	}
}

static int read_layout(struct go_binary *binary, const struct elf_file *debug, struct reason *why)
{
	const struct go_function *last = &binary->functions[binary->n_functions - 1];
	struct runtime_layout_sources sources = {
		.elf = binary->elf,
		.symtab = &binary->symtab,
		.text_va = binary->functions[0].va,
		.end_va = last->va + last->n_bytes,
		.go_minor = binary->version.minor,
	};
	struct dwarf_layout dwarf;

	if (debug && dwarf_find_layout_apart(debug->fd, &dwarf) == 0)
		sources.dwarf = &dwarf;
	return runtime_layout_init(&binary->layout, &sources, why);
}

/* What may have been taken out of the program and put into a file of its own. */
static int read_debug_info(struct go_binary *binary, struct reason *why)
{
	const struct elf_file *elf = binary->elf;
	struct elf_file *apart = NULL;
	int err;

	if (!elf_file_section(elf, ".symtab") || !dwarf_is_in(elf))
		apart = debug_file_open(elf);
	err = symtab_init(&binary->symtab, elf_file_section(elf, ".symtab") || !apart ? elf : apart,
			  why);
	if (!err)
		refine_by_symbols(binary);
	if (!err)
		err = read_layout(binary, dwarf_is_in(elf) ? elf : apart, why);
	binary->has_debug_file = apart != NULL;
	elf_file_close(apart);
	return err;
}

static int read_all(struct go_binary *binary, struct reason *why)
{
	const char *path = binary->elf->path;
	int version_err, err;

	version_err = go_version_read(binary->elf, &binary->version);
	err = pclntab_init(&binary->pclntab, binary->elf, binary->version.minor, why);
	if (err)
		return err;
	if (version_err)
		return reason_set(why, version_err,
				  "%s: the Go version that built it cannot be read: it has no "
				  "build information, and no variable that names a release",
				  path);
	if (binary->version.minor < GO_VERSION_OLDEST_MINOR)
		return reason_set(why, -ENOTSUP,
				  "%s was built by %s: programs of Go 1.%d and later can be traced",
				  path, binary->version.text, GO_VERSION_OLDEST_MINOR);
	err = read_functions(binary, why);
	return err ? err : read_debug_info(binary, why);
}

int go_binary_open(const char *path, struct go_binary **ret, struct reason *why)
{
	struct go_binary *binary = calloc(1, sizeof(*binary));
	int err;

	if (!binary)
		return reason_set(why, -ENOMEM, "out of memory opening %s", path);
	err = elf_file_open(path, &binary->elf, why);
	if (!err)
		err = read_all(binary, why);
	if (err) {
		go_binary_close(binary);
		return err;
	}
	*ret = binary;
	return 0;
}

void go_binary_close(struct go_binary *binary)
{
	if (!binary)
		return;
	free(binary->functions);
	symtab_fini(&binary->symtab);
	pclntab_fini(&binary->pclntab);
	elf_file_close(binary->elf);
	free(binary);
}
