/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/output.h"

#include <errno.h>
#include <langinfo.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEFAULT_COLUMNS = 100 };

static int terminal_columns(FILE *to)
{
	struct winsize size;

	if (ioctl(fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return DEFAULT_COLUMNS;
}

int output_init(struct output *output, const char *path, const struct report_format *format,
		struct reason *why)
{
	*output = (struct output){ .to = stdout, .name = "standard output", .format = format };
	if (path) {
		output->name = path;
		output->to = fopen(path, "we");
		if (!output->to)
			return reason_set(why, -errno, "cannot write to %s: %s", path,
					  strerror(errno));
	}
	output->style.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	output->style.n_columns = terminal_columns(output->to);
	return 0;
}

int output_flush(struct output *output, struct reason *why)
{
	errno = 0;
	if (fflush(output->to) || ferror(output->to))
		return reason_set(why, -EIO, "cannot write to %s: %s", output->name,
				  strerror(errno ? errno : EIO));
	return 0;
}

void output_fini(struct output *output)
{
	if (output->to && output->to != stdout)
		fclose(output->to);
	output->to = NULL;
}
