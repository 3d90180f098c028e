/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/label.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* OpenMetrics's rule (OpenMetrics 1.0, "label-name"); what begins with __ is kept for others. */
static bool is_name(const char *name)
{
	if (strncmp(name, "__", 2) == 0 || isdigit((unsigned char)name[0]))
		return false;
	for (const char *c = name; *c; c++)
		if (!isascii(*c) || (!isalnum((unsigned char)*c) && *c != '_'))
			return false;
	return *name != 0;
}

static bool is_taken(const char *name)
{
	static const char *const taken[] = { "target", "binary",   "function", "nth",	   "state",
					     "le",     "quantile", "job",      "instance", "by" };

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (strcmp(name, taken[i]) == 0)
			return true;
	return false;
}

/* How many bytes follow the first of a character in UTF-8; -1 for what begins none. */
static int n_following(unsigned char first)
{
	if (first < 0x80)
		return 0;
	if (first < 0xc2 || first > 0xf4)
		return -1;
	return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
}

static bool is_plain_text(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	while (*c) {
		int n = n_following(*c);

		if (n < 0 || *c < ' ' || *c == 0x7f)
			return false;
		for (c++; n > 0; n--, c++)
			if ((*c & 0xc0) != 0x80)
				return false;
	}
	return true;
}

static int check(const struct options_label *label, const char *text, struct reason *why)
{
	if (!is_name(label->name))
		return reason_set(why, -EINVAL,
				  "'%s' is not NAME=VALUE with a name of letters, digits and _, "
				  "that begins with neither a digit nor __",
				  text);
	if (is_taken(label->name))
		return reason_set(why, -EINVAL,
				  "the label %s is one that is set without being asked for",
				  label->name);
	if (!is_plain_text(label->value))
		return reason_set(why, -EINVAL, "the value of the label %s is not text in UTF-8",
				  label->name);
	return 0;
}

int label_parse(const char *text, struct options_label *ret, struct reason *why)
{
	static const char blanks[] = " \t";
	size_t n = strcspn(text, "= \t");
	const char *sign = text + n + strspn(text + n, blanks);
	struct options_label label = {
		.name = strndup(text, *sign == '=' ? n : 0),
		.value = strdup(*sign == '=' ? sign + 1 + strspn(sign + 1, blanks) : ""),
	};
	int err = label.name && label.value ? check(&label, text, why)
					    : reason_set(why, -ENOMEM, "out of memory");

	if (err)
		label_fini(&label);
	else
		*ret = label;
	return err;
}

void label_fini(struct options_label *label)
{
	free(label->name);
	free(label->value);
}
