/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/match.h"

#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>

#include "plan/name.h"

int match_init(struct match *match, const struct go_binary *binary, struct reason *why)
{
	match->n_chosen = 0;
	match->is_chosen = calloc(binary->n_functions, sizeof(*match->is_chosen));
	if (!match->is_chosen)
		return reason_set(why, -ENOMEM, "out of memory for %zu functions",
				  binary->n_functions);
	return 0;
}

void match_fini(struct match *match)
{
	free(match->is_chosen);
	match->is_chosen = NULL;
}

static void choose(struct match *match, size_t i)
{
	if (match->is_chosen[i])
		return;
	match->is_chosen[i] = true;
	match->n_chosen++;
}

/* The star of (*T), as opposed to that of (*). */
static bool is_of_pointer(const char *glob, const char *star)
{
	return star > glob && star[-1] == '(' &&
	       (isalnum((unsigned char)star[1]) || star[1] == '_' || (star[1] & 0x80));
}

bool match_glob(const char *glob, const char *name)
{
	const char *after_star = NULL, *retry = NULL, *glob_start = glob;

	while (*name) {
		if (*glob == '*' && !is_of_pointer(glob_start, glob)) {
			after_star = ++glob;
			retry = name;
		} else if (*glob == '?' || *glob == *name) {
			glob++;
			name++;
		} else if (after_star) {
			/* Let the last star take one character more. */
			glob = after_star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == 0;
}

static int add_by_regex(struct match *match, const struct go_binary *binary, const char *pattern,
			size_t *ret_n, struct reason *why)
{
	char *text = strndup(pattern + 1, strlen(pattern) - 2);
	regex_t regex;
	int error;

	if (!text)
		return reason_set(why, -ENOMEM, "out of memory");
	error = regcomp(&regex, text, REG_EXTENDED | REG_NOSUB);
	free(text);
	if (error) {
		char message[128];

		regerror(error, &regex, message, sizeof(message));
		return reason_set(why, -EINVAL, "%s is not a regular expression: %s", pattern,
				  message);
	}
	for (size_t i = 0; i < binary->n_functions; i++) {
		if (regexec(&regex, binary->functions[i].name, 0, NULL, 0) != 0)
			continue;
		choose(match, i);
		++*ret_n;
	}
	regfree(&regex);
	return 0;
}

static bool is_regex(const char *pattern)
{
	size_t length = strlen(pattern);

	return length > 2 && pattern[0] == '/' && pattern[length - 1] == '/';
}

static size_t add_by_name(struct match *match, const struct go_binary *binary, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < binary->n_functions; i++) {
		if (strcmp(binary->functions[i].name, name) != 0)
			continue;
		choose(match, i);
		n++;
	}
	return n;
}

/*
 * Can the pattern be meant in this form? Who writes type arguments does not mean any others, and a
 * star or question mark in their place is a glob's.
 */
static bool has_form(const char *pattern, enum name_form form)
{
	static const char *const globs[] = { "[*]", "[*,", ",*]", ",*,", "?" };

	if (form >= NAME_WITHOUT_TYPE_ARGUMENTS && name_has_type_arguments(pattern))
		return false;
	for (size_t i = 0; form == NAME_SHAPED && i < sizeof(globs) / sizeof(globs[0]); i++)
		if (strstr(pattern, globs[i]))
			return false;
	return true;
}

/* The wrappers, or all but the wrappers, of a form. */
static size_t add_by_form(struct match *match, const struct go_binary *binary, const char *pattern,
			  enum name_form form, bool is_wrapper)
{
	char wanted[NAME_MAX_BYTES], name[NAME_MAX_BYTES];
	size_t n = 0;

	if (!has_form(pattern, form))
		return 0;
	name_write(form, pattern, wanted);
	for (size_t i = 0; i < binary->n_functions; i++) {
		if (binary->functions[i].is_wrapper != is_wrapper)
			continue;
		name_write(form, binary->functions[i].name, name);
		if (strcmp(name, wanted) != 0)
			continue;
		choose(match, i);
		n++;
	}
	return n;
}

bool match_means(const char *pattern, const char *name)
{
	char wanted[NAME_MAX_BYTES], written[NAME_MAX_BYTES];

	for (enum name_form form = 0; form < N_NAME_FORMS; form++) {
		if (!has_form(pattern, form))
			continue;
		name_write(form, pattern, wanted);
		name_write(form, name, written);
		if (strcmp(wanted, written) == 0)
			return true;
	}
	name_write(NAME_WITHOUT_TYPE_ARGUMENTS, name, written);
	return match_glob(pattern, name) || match_glob(pattern, written);
}

static size_t add_by_glob(struct match *match, const struct go_binary *binary, const char *pattern)
{
	char name[NAME_MAX_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < binary->n_functions; i++) {
		const char *whole = binary->functions[i].name;

		name_write(NAME_WITHOUT_TYPE_ARGUMENTS, whole, name);
		if (!match_glob(pattern, whole) && !match_glob(pattern, name))
			continue;
		choose(match, i);
		n++;
	}
	return n;
}

int match_add(struct match *match, const struct go_binary *binary, const char *pattern,
	      size_t *ret_n, struct reason *why)
{
	size_t n_before;

	*ret_n = 0;
	if (is_regex(pattern))
		return add_by_regex(match, binary, pattern, ret_n, why);
	*ret_n = add_by_name(match, binary, pattern);
	/* (*List[int]).Push by itself is a wrapper: what it calls, as others do, is meant as well. */
	if (*ret_n > 0 && name_has_type_arguments(pattern)) {
		n_before = match->n_chosen;
		add_by_form(match, binary, pattern, NAME_SHAPED, false);
		*ret_n += match->n_chosen - n_before;
	}
	/* The compiler's wrapper is meant only where there is nothing else of the form. */
	for (enum name_form form = 0; form < N_NAME_FORMS && *ret_n == 0; form++) {
		*ret_n = add_by_form(match, binary, pattern, form, false);
		if (*ret_n == 0)
			*ret_n = add_by_form(match, binary, pattern, form, true);
	}
	if (*ret_n == 0 && strpbrk(pattern, "*?"))
		*ret_n = add_by_glob(match, binary, pattern);
	return 0;
}

enum { MAX_COMPARED = 200 };

/* Levenshtein distance without regard to case, of at most MAX_COMPARED characters each. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[MAX_COMPARED + 1];
	size_t n_a = strnlen(a, MAX_COMPARED), n_b = strnlen(b, MAX_COMPARED);

	for (size_t j = 0; j <= n_b; j++)
		row[j] = j;
	for (size_t i = 1; i <= n_a; i++) {
		unsigned int diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n_b; j++) {
			bool is_same = tolower((unsigned char)a[i - 1]) ==
				       tolower((unsigned char)b[j - 1]);
			unsigned int best = diagonal + !is_same;

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n_b];
}

/* The part of a name behind its import path: "promql.(*Engine).exec". */
static const char *without_path(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* The part behind the package as well: "(*Engine).exec". */
static const char *without_package(const char *name)
{
	const char *short_name = without_path(name), *dot = strchr(short_name, '.');

	return dot ? dot + 1 : short_name;
}

/*
 * The smaller the nearer: the best of comparing whole names, and names without what a user may have
 * left out.
 */
static unsigned int farness(const char *pattern, const char *name)
{
	const char *variants[] = { name, without_path(name), without_package(name) };
	unsigned int best = UINT32_MAX;

	for (unsigned int i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		size_t n_variant = strlen(variants[i]), n_pattern = strlen(pattern);
		unsigned int far;

		/* The difference in length is a lower bound: spare the comparison. */
		if ((n_variant > n_pattern ? n_variant - n_pattern : n_pattern - n_variant) >= best)
			continue;
		far = distance(pattern, variants[i]) + i;
		if (far < best)
			best = far;
	}
	return best;
}

static bool is_listed(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

size_t match_nearest(const struct go_binary *binary, const char *pattern, const char **ret,
		     size_t n)
{
	unsigned int *far = calloc(n, sizeof(*far));
	size_t n_found = 0, n_pattern = strlen(pattern);

	if (!far)
		return 0;
	for (size_t i = 0; i < binary->n_functions; i++) {
		const char *name = binary->functions[i].name;
		unsigned int here = farness(pattern, name);
		size_t at = n_found;

		/* A name of which more than half would have to change is no likely meaning. */
		if (here > n_pattern / 2 + 1 || is_listed(ret, n_found, name))
			continue;
		while (at > 0 && far[at - 1] > here)
			at--;
		if (at == n)
			continue;
		for (size_t k = n_found < n ? n_found++ : n - 1; k > at; k--) {
			far[k] = far[k - 1];
			ret[k] = ret[k - 1];
		}
		far[at] = here;
		ret[at] = name;
	}
	free(far);
	return n_found;
}
