/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/announce.h"

#include <stdio.h>

#include "daemon/processes.h"
#include "daemon/say.h"

enum {
	MAX_FUNCTIONS_NAMED = 12,
	MAX_PROCESSES_NAMED = 8,
};

void announce_refusals(const struct build *build)
{
	const struct plan *plan = &build->plan;
	size_t n = 0;

	for (size_t i = 0; i < plan->n_functions; i++) {
		const struct plan_function *planned = &plan->functions[i];

		/* What an ABI wrapper wraps has its name, and is traced. */
		if (!planned->refusal || planned->is_abi_wrapper)
			continue;
		if (n++ < MAX_FUNCTIONS_NAMED)
			say("not traced: %s: %s", planned->function->name, planned->refusal);
	}
	if (n > MAX_FUNCTIONS_NAMED)
		say("not traced: %zu more functions; --plan tells why", n - MAX_FUNCTIONS_NAMED);
}

static void say_planned(const struct plan_function *planned)
{
	size_t n_returns = planned->n_returns + planned->tail.n_returns;

	say("  %s: entry at its %s, %zu return%s%s", planned->function->name,
	    planned->entry_kind == ENTRY_FIRST ? "first instruction"
					       : entry_kind_name(planned->entry_kind),
	    n_returns, n_returns == 1 ? "" : "s",
	    planned->n_returns ? "" : ", of what it jumps to");
	if (planned->function->is_wrapper)
		say("    the compiler made it to call another function; calls of that one itself "
		    "are not seen here");
	if (planned->n_inlined)
		say("    not all of its calls are seen: it was also inlined, in %zu place%s",
		    planned->n_inlined, planned->n_inlined == 1 ? "" : "s");
}

static const char *debug_info_name(const struct go_binary *binary)
{
	if (binary->has_debug_file)
		return ", with a separate debug file";
	return binary->symtab.symbols.n_bytes ? "" : ", stripped";
}

void announce_attached(const struct build *build, const struct tracer *tracer)
{
	const struct go_binary *binary = build->binary;
	const struct plan *plan = &build->plan;
	size_t n_named = 0;

	say("tracing %zu function%s of %s (%s%s): %zu entr%s, %zu return site%s%s, by %s",
	    plan->n_traced, plan->n_traced == 1 ? "" : "s", build->name, binary->version.text,
	    debug_info_name(binary), plan->n_traced, plan->n_traced == 1 ? "y" : "ies",
	    plan->n_returns, plan->n_returns == 1 ? "" : "s",
	    tracer_emulates_ret(tracer) ? " emulated by BPF" : "",
	    tracer_link_kind(tracer) == LINK_MULTI ? "uprobe_multi links" : "perf events");
	for (size_t i = 0; i < plan->n_functions && n_named < MAX_FUNCTIONS_NAMED; i++) {
		if (plan->functions[i].refusal)
			continue;
		say_planned(&plan->functions[i]);
		n_named++;
	}
	if (plan->n_traced > n_named)
		say("  and %zu more", plan->n_traced - n_named);
	if (binary->layout.is_assumed)
		say("%s is newer than gotraced knows, and has no DWARF: its runtime is taken to be "
		    "laid out like that of go1.%d",
		    binary->version.text, RUNTIME_LAYOUT_NEWEST_MINOR);
}

void announce_processes(const struct build *build)
{
	char names[MAX_PROCESSES_NAMED * 12 + 8] = "";
	pid_t pids[MAX_PROCESSES_NAMED];
	size_t n;

	n = processes_running(&build->file, pids, MAX_PROCESSES_NAMED);
	if (n == 0) {
		say("no process runs %s now; those that start are traced from their first call",
		    build->name);
		return;
	}
	for (size_t i = 0, at = 0; i < n && i < MAX_PROCESSES_NAMED; i++)
		at += snprintf(names + at, sizeof(names) - at, "%s%d", i ? ", " : "", pids[i]);
	say("%zu process%s it now: %s%s", n, n == 1 ? " runs" : "es run", names,
	    n > MAX_PROCESSES_NAMED ? ", ..." : "");
}
