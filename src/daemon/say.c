/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Names of files are what others chose, and could hold what terminals take for commands. */
static void disarm(char *text)
{
	for (char *c = text; *c; c++)
		if (((unsigned char)*c < ' ' && *c != '\n') || *c == 0x7f)
			*c = '?';
}

void say(const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return;
	disarm(text);
	fprintf(stderr, "gotraced: %s\n", text);
	free(text);
}
