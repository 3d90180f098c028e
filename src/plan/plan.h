/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_PLAN_PLAN_H
#define GOTRACED_PLAN_PLAN_H

#include "go/binary.h"
#include "plan/match.h"
#include "plan/tail.h"
#include "reason.h"

/*
 * Where to probe: for each chosen function its entry site and its return sites, or the reason why
 * it cannot be traced. Made from the file alone; needs neither root nor a kernel. All places are
 * addresses in the ELF file (_va).
 */
enum entry_kind {
	ENTRY_JBE, /* the branch of the stack check */
	ENTRY_PUSH, /* the push that opens the frame of a function without a check */
	ENTRY_FIRST, /* the first instruction of what is left */
	N_ENTRY_KINDS,
};

struct plan_function {
	const struct go_function *function; /* owned by the binary */
	char *refusal; /* why it is not traced; NULL when it is; owned */
	uint64_t n_bytes; /* of its code, up to the padding behind it */
	enum entry_kind entry_kind;
	uint64_t entry_va;
	uint64_t *return_vas; /* owned; found for refused functions too */
	size_t n_returns;
	struct tail tail; /* where it ends when it jumps away */
	uint32_t index; /* among the traced ones */
	bool is_g_in_tls; /* else in R14 */
	bool is_jumped_to; /* another traced function ends in this one */
	bool is_abi_wrapper; /* of the function of the same name, which is what a user means */
	size_t n_inlined; /* in how many places calls of it were inlined, and so are not seen */
};

/* A RET at which calls of traced functions end. */
struct plan_return {
	uint64_t va;
	uint32_t index; /* of the function that it belongs to, when that is traced */
	bool is_foreign; /* that is not traced */
	bool ends_jumpers; /* calls of traced functions that jumped here end by it as well */
	bool is_g_in_tls;
};

/* A place in the runtime at which frames end without returning; va is 0 when it was not found. */
struct plan_runtime_site {
	uint64_t va;
	bool is_g_in_tls; /* as for functions */
	bool is_jbe;
	bool is_argument_on_stack; /* at a call: the argument is at SP; else in RAX */
};

struct plan {
	const struct go_binary *binary;
	struct plan_function *functions; /* owned; in the order of their addresses */
	size_t n_functions, n_traced;
	struct plan_return *returns; /* of the traced ones, each once, by address; owned */
	size_t n_returns;
	struct plan_runtime_site recovery; /* the call of runtime.gogo in runtime.recovery */
	struct plan_runtime_site goexit; /* the entry of runtime.Goexit */
};

int plan_init(struct plan *plan, const struct go_binary *binary, const struct match *match,
	      struct reason *why);
void plan_fini(struct plan *plan);

/* How many probes the traced functions take. */
size_t plan_n_sites(const struct plan *plan);

/* How many functions are entered at each kind of site; the rest are refused. */
void plan_count_entries(const struct plan *plan, size_t ret[N_ENTRY_KINDS]);

/* "jbe", "push" or "first". */
const char *entry_kind_name(enum entry_kind kind);

#endif
