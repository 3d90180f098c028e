/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_CLI_LABEL_H
#define GOTRACED_CLI_LABEL_H

#include "cli/options.h"

/*
 * Reads NAME=VALUE. A name is as OpenMetrics wants it and none that reports use themselves; a value
 * is UTF-8 without control characters. 0, -EINVAL or -ENOMEM, with the reason; label_fini is then
 * not wanted.
 */
int label_parse(const char *text, struct options_label *ret, struct reason *why);
void label_fini(struct options_label *label);

#endif
