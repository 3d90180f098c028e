/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emit/preface.h"

#include "emit/quoted.h"

enum {
	/* The least that are refused without being asked for, over bpftrace's versions; 0.17. */
	MAX_PROBES = 512,
	MAX_KEYS = 4096,
	KEYS_PER_FUNCTION = 64, /* 0.17 has a key for each bucket */
};

static const char which_build[] =
	"//\n"
	"// The probes are for the very builds below: in another one they would be in the midst\n"
	"// of instructions, and it could crash. Have a script written anew for each build.\n";

static const char why_unsafe[] =
	"// --unsafe is for probes that are told by their offset in the file, of which bpftrace\n"
	"// then warns. Their places are right: gotraced has decoded the instructions there.\n";

static const char who_refuses_addresses[] =
	"// Its probes are told by address, which Debian 12's bpftrace (0.17) refuses: it was\n"
	"// built without what that takes.\n";

static const char what_histograms_are[] =
	"// What it prints when it is ended (Ctrl-C), by function:\n"
	"//   @us         histogram of the calls that returned, in microseconds\n"
	"//   @calls_ns   how many these were, and their average and their sum in nanoseconds\n"
	"//   @entered    how many calls began\n"
	"//   @unmatched  returns of calls whose beginning was not seen, mostly as it was before\n"
	"//\n"
	"// Calls are paired as gotraced does it: by process, goroutine, and depth of the stack,\n"
	"// which stays the same when the stack is moved. What gotraced does beyond that, and\n"
	"// this does not:\n"
	"//   - It tells calls that a panic or runtime.Goexit ended from those in flight. Here\n"
	"//     both are what @entered has more than @calls_ns; and the former stay in @start\n"
	"//     until the same goroutine calls the same function at the same depth.\n"
	"//   - It loses no call. Here @start has room for 4096 calls unless\n"
	"//     BPFTRACE_MAP_KEYS_MAX says otherwise, and others are not counted. Hits may be\n"
	"//     missed where two threads have them at once. And a return is unmatched where the\n"
	"//     kernel is just moving the memory by which its goroutine is known.\n"
	"//   - It measures what its probes add to a call and to its time, which is less than\n"
	"//     what these do, and can keep that within a limit.\n"
	"//   - It goes on with builds that take a program's place.\n";

static const char what_a_skeleton_is[] =
	"// It counts calls and returns. Put what you are after into the bodies, where, with G\n"
	"// for the runtime.g of the goroutine:\n"
	"//   reg(\"sp\")                 is where the return address lies, at an entry or return\n"
	"//   *(uint64 *)reg(\"sp\")      is the return address\n"
	"//   *(int64 *)(G + 8) - (int64)reg(\"sp\")\n"
	"//                             is the depth of the stack: the same at the entry and the\n"
	"//                             return of a call, also if the stack is moved in between\n"
	"// By process, G and depth a return is paired with its entry. Set no uretprobe on a Go\n"
	"// program: it crashes when the stack is moved.\n";

static const char what_registers_hold[] =
	"//   arguments, a word each: reg(\"ax\"), reg(\"bx\"), reg(\"cx\"), reg(\"di\"),\n"
	"//     reg(\"si\"), reg(\"r8\"), reg(\"r9\"), reg(\"r10\"), reg(\"r11\"); the receiver\n"
	"//     comes first. A string is two words, as in str(reg(\"ax\"), reg(\"bx\")); a slice\n"
	"//     is three, an interface two, a struct what its fields are. Floats are in other\n"
	"//     registers; what does not fit as a whole is on the stack, from reg(\"sp\") + 8 on\n"
	"//   results: in the same registers, at a return\n"
	"//   variables that a closure refers to: at reg(\"dx\"), at an entry\n";

static const char what_the_stack_holds[] =
	"//   arguments, as in a struct: *(uint64 *)(reg(\"sp\") + 8) and on; the receiver comes\n"
	"//     first. A string is two words, as in\n"
	"//     str(*(uint64 *)(reg(\"sp\") + 8), *(uint64 *)(reg(\"sp\") + 16)); a slice is\n"
	"//     three, an interface two\n"
	"//   results: behind the arguments, at a return\n";

/* What bpftrace has to be run with: its options, and settings by the environment before it. */
static void print_command(FILE *to, const struct script *script)
{
	size_t n_keys = script->n_functions * KEYS_PER_FUNCTION;

	if (script->kind == EMIT_HISTOGRAMS && n_keys > MAX_KEYS)
		fprintf(to, "BPFTRACE_MAP_KEYS_MAX=%zu ", n_keys);
	if (script->n_probes >= MAX_PROBES)
		fprintf(to, "BPFTRACE_MAX_PROBES=%zu BPFTRACE_MAX_BPF_PROGS=%zu ",
			script->n_probes + 1, script->n_probes + 1);
	fputs(script->is_unsafe ? "bpftrace --unsafe" : "bpftrace", to);
}

static void print_introduction(FILE *to, const struct script *script)
{
	fputs("#!/usr/bin/env -S ", to);
	print_command(to, script);
	fprintf(to, "\n//\n// %s, for bpftrace 0.17 or newer.\n",
		script->kind == EMIT_SKELETON ? "Probes on functions of Go programs"
					      : "How long functions of Go programs take");
	fputs("// Written by gotraced " GOTRACED_VERSION ". To be run as root:\n//\n//   ", to);
	print_command(to, script);
	fputs(" FILE\n", to);
	fputs(which_build, to);
	if (script->is_unsafe)
		fputs(why_unsafe, to);
}

static const char *entry_name(enum entry_kind kind)
{
	return kind == ENTRY_FIRST ? "first instruction" : entry_kind_name(kind);
}

static void print_function(FILE *to, const struct script_function *function)
{
	const struct plan_function *planned = function->planned;
	const struct tail *tail = &planned->tail;

	fprintf(to, "//   #%zu ", function->number);
	quoted_print(to, planned->function->name);
	fprintf(to, ": entry at its %s, %zu return%s\n", entry_name(planned->entry_kind),
		planned->n_returns, planned->n_returns == 1 ? "" : "s");
	for (size_t i = 0; i < tail->n_targets; i++) {
		fputs("//     and those of what it jumps to: ", to);
		quoted_print(to, tail->targets[i]->name);
		fputc('\n', to);
	}
	if (planned->n_inlined)
		fprintf(to,
			"//     not all of its calls are seen: it was also inlined, in %zu "
			"place%s\n",
			planned->n_inlined, planned->n_inlined == 1 ? "" : "s");
}

static void print_refusals(FILE *to, const struct script *script,
			   const struct emit_program *program)
{
	const struct plan *plan = program->plan;

	for (size_t i = 0; i < plan->n_functions; i++) {
		const struct plan_function *planned = &plan->functions[i];

		if (!planned->refusal)
			continue;
		fputs("//   not traced: ", to);
		quoted_print(to, planned->function->name);
		fputs(": ", to);
		quoted_print(to, planned->refusal);
		fputc('\n', to);
	}
	for (size_t i = 0; i < script->n_left_out; i++) {
		if (script->left_out[i].program != program)
			continue;
		fputs("//   not traced: ", to);
		quoted_print(to, script->left_out[i].planned->function->name);
		fputs(": bpftrace would take its offset in the file for an address\n", to);
	}
}

/* How a function is called, and its goroutine known, by what it is and which Go it is of. */
static void print_convention(FILE *to, const struct script_function *function)
{
	bool is_g_in_tls = function->planned->is_g_in_tls;

	fprintf(to, "// In %s:\n//   runtime.g: ",
		!function->program->plan->binary->layout.is_g_in_r14 ? "these functions"
		: is_g_in_tls					     ? "those written in assembly"
								     : "those written in Go");
	script_print_g(to, function, is_g_in_tls);
	fprintf(to, "\n//   the goroutine's id: *(uint64 *)(G + %u), for G the runtime.g\n",
		function->program->plan->binary->layout.goid_off);
	fputs(is_g_in_tls ? what_the_stack_holds : what_registers_hold, to);
}

static void print_conventions(FILE *to, const struct script *script,
			      const struct emit_program *program)
{
	bool is_told[2] = { false, false };

	for (size_t i = 0; i < script->n_functions; i++) {
		const struct script_function *function = &script->functions[i];

		if (function->program != program || is_told[function->planned->is_g_in_tls])
			continue;
		is_told[function->planned->is_g_in_tls] = true;
		print_convention(to, function);
	}
}

static void print_program(FILE *to, const struct script *script, const struct emit_program *program)
{
	const struct go_binary *binary = program->plan->binary;
	bool has_addresses = false;

	fputs("//\n// ", to);
	quoted_print(to, program->path);
	fputs(" (", to);
	quoted_print(to, binary->version.text);
	fprintf(to, ", %lu bytes):\n", binary->elf->n_bytes);
	for (size_t i = 0; i < script->n_functions; i++)
		if (script->functions[i].program == program) {
			has_addresses |= script->functions[i].place == PLACE_ADDRESS;
			print_function(to, &script->functions[i]);
		}
	print_refusals(to, script, program);
	if (has_addresses)
		fputs(who_refuses_addresses, to);
	if (binary->layout.is_assumed)
		fprintf(to,
			"// It is newer than gotraced knows, and has no DWARF: its runtime is "
			"taken to be laid\n"
			"// out like that of go1.%d.\n",
			RUNTIME_LAYOUT_NEWEST_MINOR);
	if (script->kind == EMIT_SKELETON)
		print_conventions(to, script, program);
}

void preface_print(FILE *to, const struct script *script)
{
	print_introduction(to, script);
	for (size_t i = 0; i < script->n_programs; i++)
		print_program(to, script, &script->programs[i]);
	fputs("//\n", to);
	fputs(script->kind == EMIT_SKELETON ? what_a_skeleton_is : what_histograms_are, to);
}
