/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/pclntab.h"
#include "go/pclntab_fields.h"
#include "go/pcvalue.h"
#include "go/runtime_layout.h"

/* In _func, behind the entry. */
enum {
	NAME_FIELD = 0,
	ARGUMENTS_FIELD = 4,
	SP_FIELD = 12,
	FILE_FIELD = 16,
	LINE_FIELD = 20,
};

enum { PCDATA_INLINE_TREE = 2 };

/*
 * One half of functab pair i: the function's start (half 0) or the offset of its record (half 1).
 */
static bool pair_word(const struct pclntab *table, uint64_t i, int half, uint64_t *ret)
{
	uint32_t narrow;

	if (pclntab_fields[table->format].pair_word_bytes == 8)
		return span_u64(table->pairs, (2 * i + half) * 8, ret);
	if (!span_u32(table->pairs, (2 * i + half) * 4, &narrow))
		return false;
	*ret = narrow;
	return true;
}

/*
 * abi.FuncIDWrapper, objabi.FuncID_wrapper before (internal/abi/symtab.go,
 * cmd/internal/objabi/funcid.go): the last number of each release's list.
 */
static uint8_t wrapper_id(int go_minor)
{
	if (go_minor <= 17)
		return 22;
	if (go_minor <= 21)
		return 21;
	return go_minor <= 24 ? 22 : 23;
}

bool pclntab_is_wrapper(const struct pclntab *table, uint8_t id, const char *name)
{
	if (table->go_minor <= RUNTIME_LAYOUT_NEWEST_MINOR)
		return id == wrapper_id(table->go_minor);
	/* All others that are known in particular are the runtime's own. */
	return id && strncmp(name, "runtime.", 8) != 0;
}

/* A 4-byte field of the _func, behind its entry. */
static bool record_field(const struct pclntab *table, const struct pclntab_function *function,
			 uint8_t field, uint32_t *ret)
{
	uint8_t entry_bytes = pclntab_fields[table->format].pair_word_bytes;

	return span_u32(table->functab, function->record_at + entry_bytes + field, ret);
}

bool pclntab_function(const struct pclntab *table, uint64_t i, struct pclntab_function *ret)
{
	const struct pclntab_fields *fields = &pclntab_fields[table->format];
	uint64_t base = fields->pair_word_bytes == 4 ? table->module.text_va : 0;
	uint32_t name_off;

	if (!pair_word(table, i, 0, &ret->va) || !pair_word(table, i, 1, &ret->record_at) ||
	    !pair_word(table, i + 1, 0, &ret->end_va))
		return false;
	if (!span_has(table->functab, ret->record_at, fields->record_bytes) ||
	    ret->end_va <= ret->va)
		return false;
	ret->va += base;
	ret->end_va += base;
	ret->flags = ret->id = 0;
	if (fields->flag)
		span_u8(table->functab, ret->record_at + fields->flag, &ret->flags);
	span_u8(table->functab, ret->record_at + fields->n_funcdata - 3, &ret->id);
	if (!record_field(table, ret, NAME_FIELD, &name_off))
		return false;
	ret->name = span_name(table->names, name_off);
	ret->is_wrapper = ret->name && pclntab_is_wrapper(table, ret->id, ret->name);
	return ret->name != NULL;
}

/* What the pc-value table that a field leads to has for an instruction. */
static bool value_at(const struct pclntab *table, const struct pclntab_function *function,
		     uint8_t field, uint64_t va, int32_t *ret)
{
	uint32_t at;

	return record_field(table, function, field, &at) &&
	       pcvalue_at(table->pctab, at, function->va, function->end_va, va, ret);
}

bool pclntab_argument_bytes(const struct pclntab *table, const struct pclntab_function *function,
			    uint32_t *ret)
{
	/* abi.ArgsSizeUnknown is -2^31. */
	return record_field(table, function, ARGUMENTS_FIELD, ret) && *ret <= INT32_MAX;
}

bool pclntab_sp_delta(const struct pclntab *table, const struct pclntab_function *function,
		      uint64_t va, int32_t *ret)
{
	return value_at(table, function, SP_FIELD, va, ret);
}

bool pclntab_source_line(const struct pclntab *table, const struct pclntab_function *function,
			 uint64_t va, const char **ret_file, uint32_t *ret_line)
{
	const struct pclntab_fields *fields = &pclntab_fields[table->format];
	uint32_t unit = 0, name_off;
	int32_t file, line;
	const char *name;

	if (!value_at(table, function, FILE_FIELD, va, &file) ||
	    !value_at(table, function, LINE_FIELD, va, &line) || line < 0)
		return false;
	/* The files of a unit count from 0, those of the whole program from 1. */
	if (file < (fields->unit ? 0 : 1))
		return false;
	if (fields->unit && !span_u32(table->functab, function->record_at + fields->unit, &unit))
		return false;
	if (!span_u32(table->units, 4 * ((uint64_t)unit + (uint32_t)file), &name_off))
		return false;
	name = span_name(table->files, name_off);
	if (!name)
		return false;
	*ret_file = name;
	*ret_line = line;
	return true;
}

/*
 * Where the inline tree of a function is. Up to Go 1.17 FUNCDATA are pointers, aligned to 8 bytes;
 * from 1.18 on they are offsets from moduledata.gofunc, all ones for none.
 */
static bool tree_va(const struct pclntab *table, const struct pclntab_function *function,
		    uint32_t n_pcdata, uint8_t n_funcdata, uint64_t *ret)
{
	const struct pclntab_fields *fields = &pclntab_fields[table->format];
	/* FUNCDATA_InlTree (runtime/symtab.go): 4 in Go 1.15, 3 from 1.16 on */
	uint8_t index = table->go_minor >= 16 ? 3 : 4;
	uint64_t at = function->record_at + fields->record_bytes + 4 * (uint64_t)n_pcdata;
	uint32_t off;

	if (n_funcdata <= index)
		return false;
	if (fields->pair_word_bytes == 8)
		return span_u64(table->functab, ((at + 7) & ~7UL) + 8 * index, ret) && *ret;
	if (!span_u32(table->functab, at + 4 * index, &off) || off == UINT32_MAX ||
	    !table->module.gofunc_va)
		return false;
	*ret = table->module.gofunc_va + off;
	return true;
}

/* Where the inline tree is, and the table of its records' indices by instruction. */
static bool find_tree(const struct pclntab *table, const struct pclntab_function *function,
		      uint64_t *ret_va, uint32_t *ret_index_table)
{
	const struct pclntab_fields *fields = &pclntab_fields[table->format];
	uint64_t pcdata_at = function->record_at + fields->record_bytes;
	uint32_t n_pcdata;
	uint8_t n_funcdata;

	return span_u32(table->functab, function->record_at + fields->n_pcdata, &n_pcdata) &&
	       span_u8(table->functab, function->record_at + fields->n_funcdata, &n_funcdata) &&
	       n_pcdata > PCDATA_INLINE_TREE &&
	       span_u32(table->functab, pcdata_at + 4 * PCDATA_INLINE_TREE, ret_index_table) &&
	       tree_va(table, function, n_pcdata, n_funcdata, ret_va);
}

/*
 * No more calls were inlined than the function has bytes: a file that says so is damaged.
 */
static bool is_index(const struct pclntab_function *function, int32_t index)
{
	return index >= 0 && (uint32_t)index < function->end_va - function->va;
}

bool pclntab_inline_tree(const struct pclntab *table, const struct pclntab_function *function,
			 uint64_t *ret_va, uint32_t *ret_n)
{
	uint32_t index_table;
	int32_t largest;

	if (!find_tree(table, function, ret_va, &index_table))
		return false;
	largest = pcvalue_largest(table->pctab, index_table, function->va, function->end_va);
	if (!is_index(function, largest))
		return false;
	*ret_n = (uint32_t)largest + 1;
	return true;
}

bool pclntab_inlined_at(const struct pclntab *table, const struct pclntab_function *function,
			uint64_t va, uint64_t *ret_tree_va, uint32_t *ret_index)
{
	uint32_t index_table;
	int32_t index;

	if (!find_tree(table, function, ret_tree_va, &index_table) ||
	    !pcvalue_at(table->pctab, index_table, function->va, function->end_va, va, &index) ||
	    !is_index(function, index))
		return false;
	*ret_index = index;
	return true;
}
