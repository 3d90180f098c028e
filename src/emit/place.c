/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emit/place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "emit/quoted.h"

/* Where the sites are, in one way of telling, and which of them symbols reach over. */
struct numbers {
	uint64_t *at; /* ascending once they are all there; owned */
	int64_t *n_over; /* how many symbols reach over each; owned */
	size_t n;
};

static int numbers_init(struct numbers *numbers, size_t n_room)
{
	*numbers = (struct numbers){
		.at = calloc(n_room + 1, sizeof(*numbers->at)),
		.n_over = calloc(n_room + 1, sizeof(*numbers->n_over)),
	};
	return numbers->at && numbers->n_over ? 0 : -ENOMEM;
}

static void numbers_fini(struct numbers *numbers)
{
	free(numbers->at);
	free(numbers->n_over);
}

static int ascending(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The first that is not below. */
static size_t first_from(const struct numbers *numbers, uint64_t least)
{
	size_t low = 0, high = numbers->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (numbers->at[middle] < least)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Until all symbols are noted, n_over is how many more there are than over the number before. */
static void cover(struct numbers *numbers, const struct symbol *symbol)
{
	uint64_t end = symbol->va + symbol->n_bytes;

	if (end < symbol->va)
		end = UINT64_MAX;
	numbers->n_over[first_from(numbers, symbol->va)]++;
	numbers->n_over[first_from(numbers, end)]--;
}

static void sum_up(struct numbers *numbers)
{
	for (size_t i = 1; i < numbers->n; i++)
		numbers->n_over[i] += numbers->n_over[i - 1];
}

static bool is_covered(const struct numbers *numbers, uint64_t number)
{
	return numbers->n_over[first_from(numbers, number)] > 0;
}

struct sites {
	const struct elf_file *elf;
	struct numbers vas, offs;
};

static uint64_t off_of(const struct elf_file *elf, uint64_t va)
{
	uint64_t off = 0;

	/* Code is planned only where the file has it. */
	elf_file_va_to_off(elf, va, &off);
	return off;
}

static void sites_add(struct sites *sites, uint64_t va)
{
	sites->vas.at[sites->vas.n++] = va;
	sites->offs.at[sites->offs.n++] = off_of(sites->elf, va);
}

static int sites_init(struct sites *sites, const struct plan *plan)
{
	size_t n_room = plan_n_sites(plan);
	int err;

	*sites = (struct sites){ .elf = plan->binary->elf };
	err = numbers_init(&sites->vas, n_room);
	if (!err)
		err = numbers_init(&sites->offs, n_room);
	if (err)
		return err;
	for (size_t i = 0; i < plan->n_functions; i++)
		if (!plan->functions[i].refusal)
			sites_add(sites, plan->functions[i].entry_va);
	for (size_t i = 0; i < plan->n_returns; i++)
		sites_add(sites, plan->returns[i].va);
	qsort(sites->vas.at, sites->vas.n, sizeof(*sites->vas.at), ascending);
	qsort(sites->offs.at, sites->offs.n, sizeof(*sites->offs.at), ascending);
	return 0;
}

static void sites_fini(struct sites *sites)
{
	numbers_fini(&sites->vas);
	numbers_fini(&sites->offs);
}

/*
 * A symbol of any kind makes bpftrace take a number for an address, but only that of a function
 * then leads it to the place.
 */
static void cover_by_symbols(struct sites *sites, const struct symtab *table)
{
	struct symbol symbol;

	for (uint64_t at = 0; symtab_next(table, &at, &symbol);) {
		cover(&sites->offs, &symbol);
		if (symbol.is_function)
			cover(&sites->vas, &symbol);
	}
}

/* What dynamic linking takes stays in a program that is stripped. */
static int cover_by_all(struct sites *sites, const struct go_binary *binary, struct reason *why)
{
	struct symtab dynamic;
	int err = symtab_init_dynamic(&dynamic, binary->elf, why);

	if (err)
		return err;
	cover_by_symbols(sites, &binary->symtab);
	cover_by_symbols(sites, &dynamic);
	symtab_fini(&dynamic);
	sum_up(&sites->offs);
	sum_up(&sites->vas);
	return 0;
}

static bool can_tell(const struct sites *sites, uint64_t va, enum place_kind kind)
{
	return kind == PLACE_OFFSET ? !is_covered(&sites->offs, off_of(sites->elf, va))
				    : is_covered(&sites->vas, va);
}

static bool can_tell_all(const struct sites *sites, const struct plan_function *planned,
			 enum place_kind kind)
{
	bool can = can_tell(sites, planned->entry_va, kind);

	for (size_t i = 0; i < planned->n_returns && can; i++)
		can = can_tell(sites, planned->return_vas[i], kind);
	for (size_t i = 0; i < planned->tail.n_returns && can; i++)
		can = can_tell(sites, planned->tail.returns[i].va, kind);
	return can;
}

/* Each function by the first of two kinds that will do; true when that is the first for all. */
static bool choose(const struct sites *sites, const struct plan *plan, enum place_kind first,
		   enum place_kind second, enum place_kind *kinds)
{
	bool is_first = true;

	for (size_t i = 0; i < plan->n_functions; i++) {
		const struct plan_function *planned = &plan->functions[i];

		if (planned->refusal)
			continue;
		kinds[i] = can_tell_all(sites, planned, first)	  ? first
			   : can_tell_all(sites, planned, second) ? second
								  : PLACE_NONE;
		is_first &= kinds[i] == first;
	}
	return is_first;
}

int place_choose(const struct plan *plan, enum place_kind **ret, struct reason *why)
{
	enum place_kind *kinds = calloc(plan->n_functions + 1, sizeof(*kinds));
	struct sites sites = { 0 };
	int err = kinds ? sites_init(&sites, plan) : -ENOMEM;

	if (err)
		reason_set(why, err, "out of memory");
	else
		err = cover_by_all(&sites, plan->binary, why);
	if (!err) {
		if (!choose(&sites, plan, PLACE_OFFSET, PLACE_ADDRESS, kinds))
			choose(&sites, plan, PLACE_ADDRESS, PLACE_OFFSET, kinds);
		*ret = kinds;
		kinds = NULL;
	}
	free(kinds);
	sites_fini(&sites);
	return err;
}

/* What bpftrace 0.17 to 0.23 give a meaning of their own even in quotes. */
int place_check_path(const char *path, struct reason *why)
{
	static const char special[] = "*[]:\\";
	char clean[QUOTED_MAX_BYTES];
	bool has_control = false;

	for (const char *c = path; *c; c++)
		has_control |= (unsigned char)*c < 0x20 || *c == 0x7f;
	if (!has_control && !strpbrk(path, special))
		return 0;
	quoted_clean(path, clean);
	return reason_set(why, -ENOTSUP,
			  "%s: bpftrace cannot be told a path with %s in it: name the program by "
			  "another one, such as that of a hard link",
			  clean,
			  has_control ? "control characters" : "one of * [ ] : and backslash");
}

void place_print(FILE *to, const struct emit_program *program, enum place_kind kind, uint64_t va)
{
	const struct elf_file *elf = program->plan->binary->elf;
	uint64_t number = kind == PLACE_OFFSET ? off_of(elf, va) : va;

	fputs("uprobe:", to);
	quoted_print_literal(to, program->path);
	fprintf(to, ":0x%lx", number);
}
