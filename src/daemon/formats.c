/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/formats.h"

const struct report_format *const formats[N_FORMATS] = {
	[FORMAT_TEXT] = &report_text,
	[FORMAT_JSON] = &report_json,
	[FORMAT_HLOG] = &report_hlog,
	[FORMAT_JOURNAL] = &report_journal,
};
