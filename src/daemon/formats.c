/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/formats.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

const struct report_format *const formats[N_FORMATS] = {
	[FORMAT_TEXT] = &report_text,
	[FORMAT_JSON] = &report_json,
	[FORMAT_HLOG] = &report_hlog,
	[FORMAT_JOURNAL] = &report_journal,
};

int formats_check(enum options_format format, struct reason *why)
{
	static const char journal[] = "/run/systemd/journal/socket";

	if (format != FORMAT_JOURNAL || access(journal, W_OK) == 0)
		return 0;
	return reason_set(why, -errno, "there is no journal here: %s: %s", journal,
			  strerror(errno));
}
