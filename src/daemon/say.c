/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void disarm(char *text, const char *kept)
{
	for (char *c = text; *c; c++)
		if (((unsigned char)*c < ' ' || *c == 0x7f) && !strchr(kept, *c))
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
	disarm(text, "\n");
	fprintf(stderr, "gotraced: %s\n", text);
	free(text);
}
