/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

static say_listener *listens;
static void *listens_with;

void say_listen(say_listener *listener, void *context)
{
	listens = listener;
	listens_with = context;
}

/* U+0080 to U+009F, in UTF-8: some terminals take them for commands, too. */
static bool is_wide_control(const char *c)
{
	return (unsigned char)c[0] == 0xc2 && (unsigned char)c[1] >= 0x80 &&
	       (unsigned char)c[1] < 0xa0;
}

void disarm(char *text, bool keeps_lines)
{
	for (char *c = text; *c; c++) {
		if (is_wide_control(c))
			*c++ = '?';
		else if (keeps_lines && strncmp(c, "\n  ", 3) == 0)
			continue;
		else if ((unsigned char)*c >= ' ' && *c != 0x7f)
			continue;
		*c = '?';
	}
}

/* systemd tells in JOURNAL_STREAM which stream that is, by device and inode (systemd.exec(5)). */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long device, inode;
	struct stat st;

	return stream && sscanf(stream, "%lu:%lu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

/* The journal makes an entry of each line. */
static void print_to_journal(const char *priority, char *text)
{
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")))
		fprintf(stderr, "%s%s\n", priority, line);
}

static void print(const char *priority, const char *format, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		return;
	disarm(text, true);
	if (listens && listens(listens_with, text)) {
		free(text);
		return;
	}
	if (is_journal())
		print_to_journal(priority, text);
	else
		fprintf(stderr, "gotraced: %s\n", text);
	free(text);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(SD_INFO, format, args);
	va_end(args);
}

void say_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(SD_WARNING, format, args);
	va_end(args);
}

void say_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(SD_ERR, format, args);
	va_end(args);
}
