/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_EMIT_SCRIPT_H
#define GOTRACED_EMIT_SCRIPT_H

#include "emit/bpftrace.h"
#include "emit/place.h"

/* What a script is made of: all traced functions of all programs, each known by a number, from 1. */
enum { SCRIPT_LABEL_BYTES = 64 }; /* as long as a string can be in bpftrace 0.17 */

struct script_function {
	const struct emit_program *program;
	const struct plan_function *planned;
	enum place_kind place;
	size_t number;
	char label[SCRIPT_LABEL_BYTES]; /* its name in results; clean, and no other function's */
};

struct script {
	enum emit_kind kind;
	const struct emit_program *programs;
	size_t n_programs;
	struct script_function *functions; /* owned */
	size_t n_functions;
	struct script_function *left_out; /* that bpftrace cannot be led to; owned */
	size_t n_left_out;
	size_t n_probes;
	bool is_unsafe; /* some places are told by offset */
};

/* As emit_bpftrace(), whose arguments must outlive the script. */
int script_init(struct script *script, enum emit_kind kind, const struct emit_program *programs,
		size_t n_programs, struct reason *why);
void script_fini(struct script *script);

/*
 * The runtime.g of the running goroutine, as an expression of bpftrace's, a signed number as all
 * that scripts reckon with: newer versions of bpftrace warn of each place where signs are mixed.
 */
void script_print_g(FILE *to, const struct script_function *function, bool is_g_in_tls);

#endif
