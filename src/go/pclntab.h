/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_GO_PCLNTAB_H
#define GOTRACED_GO_PCLNTAB_H

#include "go/elf_file.h"
#include "go/moduledata.h"

/*
 * The pclntab: the table of all Go functions that the runtime itself needs for stack traces, so
 * that no program is without it, stripped or not (Go: internal/abi/symtab.go, runtime/symtab.go,
 * debug/gosym/pclntab.go).
 *
 * A header with a magic is followed by areas that it points to: the names, the varint-coded tables
 * that map a pc to a value (pctab), and the functab: sorted pairs {start of a function, offset of
 * its _func record}, closed by the end of the last function. Formats differ in the header, in the
 * width of those pairs and in the fields of _func.
 */
enum pclntab_format {
	PCLNTAB_GO_1_2, /* up to Go 1.15 */
	PCLNTAB_GO_1_16, /* 1.16 and 1.17 */
	PCLNTAB_GO_1_18, /* 1.18 and 1.19: addresses are relative to moduledata.text from here on */
	PCLNTAB_GO_1_20, /* 1.20 and later */
};

struct pclntab {
	enum pclntab_format format;
	int go_minor;
	uint64_t va;
	uint64_t n_functions;
	struct moduledata module;
	struct span data; /* the whole table; owned */
	struct span names, pctab,
		functab; /* parts of data; _func offsets count from functab's start */
	struct span pairs;
	struct span files, units; /* names of source files, and for each compilation unit where in
				     there the names of its files begin; the unit is the whole
				     program up to Go 1.15 */
};

/* Bits of pclntab_function.flags (abi.FuncFlag, Go >= 1.17; none are set before). */
enum {
	PCLNTAB_FLAG_WRITES_SP = 2,
	PCLNTAB_FLAG_ASSEMBLY = 4,
};

struct pclntab_function {
	uint64_t va, end_va; /* padding behind the code is inside */
	const char *name; /* lives as long as the table */
	uint64_t record_at; /* of the _func, in functab */
	uint8_t flags;
	uint8_t id; /* of a function that the runtime knows in particular, or a wrapper that the
		       compiler made; else 0 (abi.FuncID; the numbers differ by release) */
	bool is_wrapper;
};

/*
 * Finds the table by its section, else by its magic, reads it whole and checks it against the
 * file's size and against moduledata. -ENOENT when the file has none:
 * not a Go program, or no moduledata that knows it. The table is for the caller to fini.
 */
int pclntab_init(struct pclntab *table, const struct elf_file *elf, int go_minor,
		 struct reason *why);
void pclntab_fini(struct pclntab *table);

/* The i-th function by address; false when its entry is damaged. */
bool pclntab_function(const struct pclntab *table, uint64_t i, struct pclntab_function *ret);

/* Is that the id of a wrapper that the compiler made? The name is the function's. */
bool pclntab_is_wrapper(const struct pclntab *table, uint8_t id, const char *name);

/*
 * How far SP is below the return address when the instruction at va is about to run, in bytes.
 * False when the table does not say.
 */
bool pclntab_sp_delta(const struct pclntab *table, const struct pclntab_function *function,
		      uint64_t va, int32_t *ret);

/*
 * The source line that the instruction at va was made from; the file's name lives as long as the
 * table. What was inlined keeps its own lines. False when the table does not say.
 */
bool pclntab_source_line(const struct pclntab *table, const struct pclntab_function *function,
			 uint64_t va, const char **ret_file, uint32_t *ret_line);

/*
 * How many bytes of its caller's stack are for a function's parameters and results, and for spilling
 * those parameters that come in registers. False when the table does not say, as of some assembly.
 */
bool pclntab_argument_bytes(const struct pclntab *table, const struct pclntab_function *function,
			    uint32_t *ret);

/*
 * Where the inline tree of a function is, and how many records it has. False when nothing was
 * inlined into the function.
 */
bool pclntab_inline_tree(const struct pclntab *table, const struct pclntab_function *function,
			 uint64_t *ret_va, uint32_t *ret_n);

/*
 * The inlined call that the instruction at va belongs to, the innermost if there are several, as
 * an index into the function's inline tree, and where that is. False when there is none.
 */
bool pclntab_inlined_at(const struct pclntab *table, const struct pclntab_function *function,
			uint64_t va, uint64_t *ret_tree_va, uint32_t *ret_index);

#endif
