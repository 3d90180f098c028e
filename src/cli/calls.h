/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_CLI_CALLS_H
#define GOTRACED_CLI_CALLS_H

#include "expr/condition.h"

/* What the user wants to know of single calls. All that it points to is its own. */
struct options_calls {
	bool are_printed; /* each that ends, as far as the rest allows */
	bool are_meant; /* something was said of how calls are printed, but perhaps not that they are */
	bool have_graph; /* trees of the calls within each other are printed */
	char *chrome; /* the file for a trace of these; NULL: none */
	struct expression *shown; /* instead of all parameters and results */
	size_t n_shown;
	struct condition *conditions; /* all of which a call must meet to count */
	size_t n_conditions;
	uint64_t slower_than_ns; /* only those that take at least this are printed */
	uint64_t max_lines; /* a second */
	char *types; /* a program whose DWARF stands in for one that is not there; NULL: none */
	bool have_stacks; /* callers are printed with each */
	char *stacks; /* the file for all calls by their stacks; NULL: none */
	struct expression
		by; /* what calls are told apart by; its text is NULL where there is none */
};

enum { CALLS_MAX_LINES = 1000 }; /* unless the user says otherwise */

/*
 * Each adds what a text says: expressions with commas between them, conditions with && between them.
 * 0, or -EINVAL with what is wrong, -ENOMEM.
 */
int calls_add_shown(struct options_calls *calls, const char *text, struct reason *why);
int calls_set_by(struct options_calls *calls, const char *text, struct reason *why);
int calls_add_conditions(struct options_calls *calls, const char *text, struct reason *why);

/* To be called when all is said: what is meant. */
void calls_conclude(struct options_calls *calls);

/* Is it wanted which call was made within which? */
bool calls_have_trees(const struct options_calls *calls);

void calls_fini(struct options_calls *calls);

#endif
