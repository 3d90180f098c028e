/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_FORMATS_H
#define GOTRACED_DAEMON_FORMATS_H

#include "cli/options.h"
#include "report/report.h"

/* The formats, by what the user calls them. */
extern const struct report_format *const formats[N_FORMATS];

/* Fails, with the reason, where a format cannot be had here: there may be no journal. */
int formats_check(enum options_format format, struct reason *why);

#endif
