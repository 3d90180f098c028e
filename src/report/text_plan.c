/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text_plan.h"

#include "plan/name.h"

static void print_tail(FILE *to, const struct tail *tail)
{
	for (size_t i = 0; i < tail->n_targets; i++)
		fprintf(to, "  jumps   to %s\n", tail->targets[i]->name);
	for (size_t i = 0; i < tail->n_returns; i++)
		fprintf(to, "  return  0x%lx (there)\n", tail->returns[i].va);
}

int text_print_plan(FILE *to, const struct plan *plan, const char *binary __attribute__((unused)))
{
	for (size_t i = 0; i < plan->n_functions; i++) {
		const struct plan_function *planned = &plan->functions[i];

		fprintf(to, "%s\n", planned->function->name);
		if (planned->refusal) {
			fprintf(to, "  not traced: %s\n", planned->refusal);
			continue;
		}
		fprintf(to, "  entry   0x%lx (%s)\n", planned->entry_va,
			entry_kind_name(planned->entry_kind));
		for (size_t k = 0; k < planned->n_returns; k++)
			fprintf(to, "  return  0x%lx\n", planned->return_vas[k]);
		print_tail(to, &planned->tail);
	}
	fprintf(to, "\n%zu of %zu functions can be traced, at %zu sites\n", plan->n_traced,
		plan->n_functions, plan_n_sites(plan));
	return 0;
}

static void print_generics_note(FILE *to)
{
	fputs("\nA generic function is compiled once for all type arguments of a shape: "
	      "[go.shape.int] stands for int\nand all types defined as int, [go.shape.*uint8] for "
	      "all pointers, [...] where the program does not\ntell. --func main.F and --func "
	      "'main.F[...]' mean all of these, --func 'main.F[int]' that for int.\n",
	      to);
}

int text_print_list(FILE *to, const struct plan *plan, const char *binary __attribute__((unused)))
{
	bool has_generics = false;

	fprintf(to, "%-18s %9s %8s %8s  %s\n", "address", "bytes", "returns", "inlined",
		"function");
	for (size_t i = 0; i < plan->n_functions; i++) {
		const struct plan_function *planned = &plan->functions[i];

		fprintf(to, "0x%016lx %9lu %8zu %8zu  %s%s\n", planned->function->va,
			planned->n_bytes, planned->n_returns, planned->n_inlined,
			planned->function->name, planned->refusal ? "  (cannot be traced)" : "");
		has_generics |= name_is_generic(planned->function->name);
	}
	if (has_generics)
		print_generics_note(to);
	return 0;
}

static void print_share(FILE *to, const char *what, size_t n, size_t n_all)
{
	fprintf(to, "  %-42s %8zu %5.1f%%\n", what, n,
		n_all ? 100.0 * (double)n / (double)n_all : 0);
}

int text_print_summary(FILE *to, const struct plan *plan,
		       const char *binary __attribute__((unused)))
{
	static const char *const entered[N_ENTRY_KINDS] = {
		[ENTRY_JBE] = "entered at the jbe of the stack check",
		[ENTRY_PUSH] = "entered at the push of the frame",
		[ENTRY_FIRST] = "entered at another first instruction",
	};
	size_t entries[N_ENTRY_KINDS], n = plan->n_functions;

	plan_count_entries(plan, entries);
	fprintf(to, "%zu functions, of which\n", n);
	for (size_t kind = 0; kind < N_ENTRY_KINDS; kind++)
		print_share(to, entered[kind], entries[kind], n);
	print_share(to, "cannot be traced (--plan tells why)", n - plan->n_traced, n);
	return 0;
}
