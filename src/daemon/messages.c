/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/messages.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/say.h"

enum { MAX_MESSAGES = 500 };

static void forget_first(struct messages *messages)
{
	free(messages->texts[0]);
	messages->n--;
	messages->n_forgotten++;
	memmove(messages->texts, messages->texts + 1, messages->n * sizeof(*messages->texts));
}

static bool keep(void *context, const char *text)
{
	struct messages *messages = context;
	char *copy = strdup(text);

	if (!messages->texts)
		messages->texts = calloc(MAX_MESSAGES, sizeof(*messages->texts));
	if (!messages->texts || !copy) {
		free(copy);
		return false;
	}
	if (messages->n == MAX_MESSAGES)
		forget_first(messages);
	disarm(copy, false);
	messages->texts[messages->n++] = copy;
	return messages->are_said_later;
}

void messages_begin(struct messages *messages)
{
	*messages = (struct messages){ .are_said_later = isatty(STDERR_FILENO) };
	say_listen(keep, messages);
}

void messages_end(struct messages *messages)
{
	say_listen(NULL, NULL);
	if (messages->are_said_later && messages->n_forgotten)
		say("%zu earlier messages are forgotten", messages->n_forgotten);
	for (size_t i = 0; i < messages->n; i++) {
		if (messages->are_said_later)
			say("%s", messages->texts[i]);
		free(messages->texts[i]);
	}
	free(messages->texts);
	*messages = (struct messages){ 0 };
}
