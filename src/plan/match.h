/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_PLAN_MATCH_H
#define GOTRACED_PLAN_MATCH_H

#include "go/binary.h"
#include "reason.h"

/*
 * Which functions a user's pattern means. A pattern is, in this order:
 *
 *   /regex/	a POSIX extended regular expression, found anywhere in the name
 *   a name	when some function is called exactly so: Go's names hold brackets and stars, as in
 *		(*T).M and F[...]; else when some are in one of the forms of plan/name.h, the first
 *		that there is any in
 *   a glob	where * stands for any run of characters, slashes too, except in (*T), and ? for one;
 *		brackets stand for themselves; type arguments may be left out
 */
struct match {
	bool *is_chosen; /* by index into binary->functions; owned */
	size_t n_chosen;
};

int match_init(struct match *match, const struct go_binary *binary, struct reason *why);
void match_fini(struct match *match);

/*
 * Adds the functions that the pattern means and tells how many functions those were, chosen before
 * or not. -EINVAL, with the reason, for a regular expression that does not compile.
 */
int match_add(struct match *match, const struct go_binary *binary, const char *pattern,
	      size_t *ret_n, struct reason *why);

/* Would the pattern, which is no regular expression, choose a function of that name? */
bool match_means(const char *pattern, const char *name);

/* True when a glob's every character is used up by the name, to the end. */
bool match_glob(const char *glob, const char *name);

/*
 * The at most n existing names that are the likeliest to have been meant, the nearest first; letter
 * case and a left-out import path count for little. Returns how many; the names belong to the
 * binary.
 */
size_t match_nearest(const struct go_binary *binary, const char *pattern, const char **ret,
		     size_t n);

#endif
