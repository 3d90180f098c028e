/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text_tree.h"

#include "report/human.h"
#include "report/text_call.h"

enum {
	TIME_COLUMNS = 10,
	INDENT_COLUMNS = 2, /* of each depth */
	MAX_INDENTED = 40, /* deeper calls stand there, with their depth */
};

static void print_header(FILE *to, const struct report_tree *tree)
{
	human_print(to, "total", TIME_COLUMNS);
	human_print(to, "self", TIME_COLUMNS);
	fputs("  ", to);
	text_print_time(to, tree->started_ns);
	if (tree->is_goroutine_known)
		fprintf(to, " goroutine %lu", tree->goroutine);
	else
		fputs(" goroutine ?", to);
	if (tree->is_within)
		fprintf(to, ", within a call of %s that is not shown",
			tree->caller ? tree->caller : "another function");
	fputc('\n', to);
}

static void indent(FILE *to, uint32_t depth)
{
	uint32_t n = depth < MAX_INDENTED ? depth : MAX_INDENTED;

	fprintf(to, "%*s", (int)n * INDENT_COLUMNS, "");
	if (depth > MAX_INDENTED)
		fprintf(to, "[%u] ", depth);
}

static void print_times(FILE *to, const struct report_tree_call *call,
			const struct report_style *style)
{
	struct human total, self;

	human_print(to, human_time(&total, call->duration_ns, style->is_utf8), TIME_COLUMNS);
	human_print(to, call->is_more ? "" : human_time(&self, call->self_ns, style->is_utf8),
		    TIME_COLUMNS);
	fputs("  ", to);
	indent(to, call->depth);
}

static void print_more(FILE *to, const struct report_tree_call *call)
{
	fprintf(to, "... %lu more call%s", call->n_more, call->n_more == 1 ? "" : "s");
}

static void print_call(FILE *to, const struct report_tree_call *call,
		       const struct report_style *style)
{
	print_times(to, call, style);
	if (call->is_more) {
		print_more(to, call);
		fputc('\n', to);
		return;
	}
	fputs(call->function ? call->function : "(not traced any more)", to);
	if (call->values)
		fputs(call->values, to);
	if (call->is_unwound)
		fputs(" unwound", to);
	fputc('\n', to);
	if (call->n_more) {
		fprintf(to, "%*s", 2 * TIME_COLUMNS + 2, "");
		indent(to, call->depth + 1);
		print_more(to, call);
		fputs(" within it\n", to);
	}
}

int text_print_tree(FILE *to, const struct report_tree *tree, const struct report_style *style)
{
	print_header(to, tree);
	for (size_t i = 0; i < tree->n_calls; i++)
		print_call(to, &tree->calls[i], style);
	return 0;
}
