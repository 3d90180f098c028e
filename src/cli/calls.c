/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int out_of_memory(struct reason *why)
{
	return reason_set(why, -ENOMEM, "out of memory");
}

static int add_shown(struct options_calls *calls, const char *text, struct reason *why)
{
	struct expression *grown = reallocarray(calls->shown, calls->n_shown + 1, sizeof(*grown));
	int err;

	if (!grown)
		return out_of_memory(why);
	calls->shown = grown;
	err = expression_parse(text, &grown[calls->n_shown], why);
	if (!err)
		calls->n_shown++;
	return err;
}

static int add_condition(struct options_calls *calls, const char *text, struct reason *why)
{
	struct condition *grown =
		reallocarray(calls->conditions, calls->n_conditions + 1, sizeof(*grown));
	int err;

	if (!grown)
		return out_of_memory(why);
	calls->conditions = grown;
	err = condition_parse(text, &grown[calls->n_conditions], why);
	if (!err)
		calls->n_conditions++;
	return err;
}

/* Where a text is divided; in a string it is not. NULL: nowhere. */
static char *find_divider(char *text, const char *divider)
{
	bool is_quoted = false;

	for (; *text; text++) {
		if (*text == '\\' && is_quoted && text[1])
			text++;
		else if (*text == '"')
			is_quoted = !is_quoted;
		else if (!is_quoted && strncmp(text, divider, strlen(divider)) == 0)
			return text;
	}
	return NULL;
}

typedef int add_one(struct options_calls *calls, const char *text, struct reason *why);

static int add_each(struct options_calls *calls, const char *text, const char *divider,
		    add_one *add, struct reason *why)
{
	char *copy = strdup(text), *next = copy;
	int err = copy ? 0 : out_of_memory(why);

	while (next && !err) {
		char *one = next, *end = find_divider(one, divider);

		next = end ? end + strlen(divider) : NULL;
		if (end)
			*end = 0;
		err = add(calls, one, why);
	}
	free(copy);
	return err;
}

int calls_add_shown(struct options_calls *calls, const char *text, struct reason *why)
{
	return add_each(calls, text, ",", add_shown, why);
}

int calls_add_conditions(struct options_calls *calls, const char *text, struct reason *why)
{
	return add_each(calls, text, "&&", add_condition, why);
}

int calls_set_by(struct options_calls *calls, const char *text, struct reason *why)
{
	struct expression parsed;
	int err = expression_parse(text, &parsed, why);

	if (err)
		return err;
	expression_fini(&calls->by);
	calls->by = parsed;
	return 0;
}

void calls_conclude(struct options_calls *calls)
{
	if (calls->are_meant && !calls_have_trees(calls))
		calls->are_printed = true;
}

bool calls_have_trees(const struct options_calls *calls)
{
	return calls->have_graph || calls->chrome;
}

void calls_fini(struct options_calls *calls)
{
	for (size_t i = 0; i < calls->n_shown; i++)
		expression_fini(&calls->shown[i]);
	for (size_t i = 0; i < calls->n_conditions; i++)
		condition_fini(&calls->conditions[i]);
	expression_fini(&calls->by);
	free(calls->stacks);
	free(calls->types);
	free(calls->chrome);
	free(calls->shown);
	free(calls->conditions);
	*calls = (struct options_calls){ 0 };
}
