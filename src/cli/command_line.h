/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_CLI_COMMAND_LINE_H
#define GOTRACED_CLI_COMMAND_LINE_H

#include "cli/options.h"

/*
 * Reads options->argv into the options, which hold what there is without it. Says what is wrong and
 * exits with status 2 where something is; --help and --version exit with 0.
 */
void command_line_parse(struct options *options);

#endif
