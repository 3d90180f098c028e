/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/say.h"

#include <stdarg.h>
#include <stdio.h>

void say(const char *format, ...)
{
	va_list args;

	flockfile(stderr);
	fputs("gotraced: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	funlockfile(stderr);
}
