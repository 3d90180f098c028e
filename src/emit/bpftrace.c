/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emit/bpftrace.h"

#include <string.h>

#include "emit/preface.h"
#include "emit/quoted.h"
#include "emit/script.h"

/*
 * How a script pairs calls
 * ========================
 *
 * As gotraced does: by process, goroutine and depth of the stack (plan.c, frames.bpf.h). bpftrace
 * has no stacks of frames, only maps: the start of a call is noted by process, goroutine, depth and
 * number of the function, and taken out by its return. Nothing tells it of calls that a panic ends.
 *
 * Each function has blocks of its own, and where one returns by the RETs of another that it jumps
 * to, such a RET has a probe for either. The block of the one that jumped counts no return as
 * unmatched, since others return there, too.
 *
 * bpftrace attaches the last probe of a script first (0.17 to 0.27). So entries stand before
 * returns, lest a call be seen to begin and not to end.
 */

enum return_kind {
	RETURN_OWN, /* by the function's own RETs */
	RETURN_ELSEWHERE, /* by those of functions that it jumps to */
	RETURN_ELSEWHERE_TLS, /* where these have g in thread-local storage */
};

static void print_places(FILE *to, const struct script_function *function, const char **before,
			 uint64_t va)
{
	fputs(*before, to);
	place_print(to, function->program, function->place, va);
	*before = ",\n";
}

/* False where there are none, and nothing was printed. */
static bool print_return_places(FILE *to, const struct script_function *function,
				enum return_kind kind)
{
	const struct plan_function *planned = function->planned;
	const char *const first = "\n", *before = first;

	for (size_t i = 0; i < planned->n_returns && kind == RETURN_OWN; i++)
		print_places(to, function, &before, planned->return_vas[i]);
	for (size_t i = 0; i < planned->tail.n_returns && kind != RETURN_OWN; i++)
		if (planned->tail.returns[i].is_g_in_tls == (kind == RETURN_ELSEWHERE_TLS))
			print_places(to, function, &before, planned->tail.returns[i].va);
	return before != first;
}

/* At a jbe that will be taken, as CF or ZF is set, the call begins anew once the stack has grown. */
static void print_condition(FILE *to, const struct script_function *function, bool is_jbe)
{
	const struct emit_program *program = function->program;
	const char *before = is_jbe ? " && (" : "(";

	fputc('\n', to);
	if (!is_jbe && program->n_pids == 0)
		return;
	fputs("/ ", to);
	if (is_jbe)
		fputs("(reg(\"flags\") & 0x41) == 0", to);
	for (size_t i = 0; i < program->n_pids; i++) {
		fprintf(to, "%spid == %d", before, program->pids[i]);
		before = " || ";
	}
	fputs(program->n_pids ? ") /\n" : " /\n", to);
}

static void print_count(FILE *to, const char *indent, const char *map, const char *label)
{
	fprintf(to, "%s@%s[", indent, map);
	quoted_print_literal(to, label);
	fputs("] = count();\n", to);
}

static void print_key(FILE *to, const struct script_function *function, bool is_g_in_tls)
{
	fputs("\t$g = ", to);
	script_print_g(to, function, is_g_in_tls);
	fputs(";\n\t$depth = *(int64 *)($g + 8) - (int64)reg(\"sp\");\n", to);
}

static void print_entry_body(FILE *to, const struct script_function *function)
{
	print_key(to, function, function->planned->is_g_in_tls);
	print_count(to, "\t", "entered", function->label);
	fprintf(to, "\t@start[pid, $g, $depth, %zu] = (int64)nsecs;\n", function->number);
}

static void print_return_body(FILE *to, const struct script_function *function,
			      enum return_kind kind, bool is_g_in_tls)
{
	fputs("\t$now = (int64)nsecs;\n", to);
	print_key(to, function, is_g_in_tls);
	fprintf(to,
		"\t$start = @start[pid, $g, $depth, %zu];\n"
		"\tif ($start) {\n"
		"\t\tdelete(@start[pid, $g, $depth, %zu]);\n"
		"\t\t@calls_ns[",
		function->number, function->number);
	quoted_print_literal(to, function->label);
	fputs("] = stats($now - $start);\n\t\t@us[", to);
	quoted_print_literal(to, function->label);
	fputs("] = hist((uint64)($now - $start) / 1000);\n\t}", to);
	if (kind == RETURN_OWN) {
		fputs(" else {\n", to);
		print_count(to, "\t\t", "unmatched", function->label);
		fputs("\t}", to);
	}
	fputc('\n', to);
}

static void print_comment(FILE *to, const struct script_function *function, const char *what)
{
	fputs("\t// ", to);
	quoted_print(to, function->planned->function->name);
	fprintf(to, " %s\n\t// runtime.g: ", what);
}

static void print_entry_skeleton(FILE *to, const struct script_function *function)
{
	print_comment(to, function, "is called");
	script_print_g(to, function, function->planned->is_g_in_tls);
	fputc('\n', to);
	print_count(to, "\t", "entered", function->label);
}

static void print_return_skeleton(FILE *to, const struct script_function *function,
				  enum return_kind kind, bool is_g_in_tls)
{
	print_comment(to, function,
		      kind == RETURN_OWN
			      ? "returns"
			      : "returns here if it jumped here; others return here too");
	script_print_g(to, function, is_g_in_tls);
	fputc('\n', to);
	print_count(to, "\t", kind == RETURN_OWN ? "returned" : "returned_elsewhere",
		    function->label);
}

static void print_entry(FILE *to, const struct script *script,
			const struct script_function *function)
{
	const char *before = "\n";

	print_places(to, function, &before, function->planned->entry_va);
	print_condition(to, function, function->planned->entry_kind == ENTRY_JBE);
	fputs("{\n", to);
	if (script->kind == EMIT_SKELETON)
		print_entry_skeleton(to, function);
	else
		print_entry_body(to, function);
	fputs("}\n", to);
}

static void print_return(FILE *to, const struct script *script,
			 const struct script_function *function, enum return_kind kind)
{
	bool is_g_in_tls =
		kind == RETURN_OWN ? function->planned->is_g_in_tls : kind == RETURN_ELSEWHERE_TLS;

	if (!print_return_places(to, function, kind))
		return;
	print_condition(to, function, false);
	fputs("{\n", to);
	if (script->kind == EMIT_SKELETON)
		print_return_skeleton(to, function, kind, is_g_in_tls);
	else
		print_return_body(to, function, kind, is_g_in_tls);
	fputs("}\n", to);
}

/*
 * What is not cleared is printed at the end. With keys whose length is no multiple of 8, bpftrace
 * 0.17 makes programs that the kernel may refuse, for a misaligned access; one use of a long key,
 * also one that never happens, makes those of the map all as long.
 */
static void print_end(FILE *to)
{
	char longest[SCRIPT_LABEL_BYTES] = "";

	memset(longest, '.', sizeof(longest) - 1);
	fprintf(to,
		"\nEND\n{\n"
		"\t// Never so; but with keys as long as this one, bpftrace 0.17 makes no "
		"mistakes.\n"
		"\tif (pid == 0) {\n"
		"\t\t@calls_ns[\"%s\"] = stats(0);\n"
		"\t\t@us[\"%s\"] = hist(0);\n"
		"\t}\n"
		"\tclear(@start);\n}\n",
		longest, longest);
}

int emit_bpftrace(FILE *to, enum emit_kind kind, const struct emit_program *programs,
		  size_t n_programs, struct reason *why)
{
	struct script script;
	int err = script_init(&script, kind, programs, n_programs, why);

	if (err)
		return err;
	preface_print(to, &script);
	for (size_t i = 0; i < script.n_functions; i++) {
		const struct script_function *function = &script.functions[i];

		print_entry(to, &script, function);
		print_return(to, &script, function, RETURN_OWN);
		print_return(to, &script, function, RETURN_ELSEWHERE);
		print_return(to, &script, function, RETURN_ELSEWHERE_TLS);
	}
	if (kind == EMIT_HISTOGRAMS)
		print_end(to);
	script_fini(&script);
	return 0;
}
