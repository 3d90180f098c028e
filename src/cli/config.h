/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_CLI_CONFIG_H
#define GOTRACED_CLI_CONFIG_H

#include "cli/options.h"

/*
 * Reads a configuration file into options that hold what the command line says, which goes before
 * it: a setting of the command line is kept, and if it names targets, those of the file are left
 * out. Complains about everything that is wrong with the file. 0, -EINVAL, -ENOMEM, or the errno of
 * a file that cannot be read.
 *
 * The file is in the INI format. A section [target NAME] describes a target; [output], [limits] and
 * [kernel] hold the settings of src/cli/setting.c by those names. What can be repeated stands on
 * lines of its own: each func, label and pid.
 */
int config_read(struct options *options, const char *path, options_complain *complain);

#endif
