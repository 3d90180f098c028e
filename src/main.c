/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <locale.h>

#include "cli/options.h"
#include "daemon/run.h"

int main(int argc, char **argv)
{
	struct options options;
	int status;

	setlocale(LC_CTYPE, "");
	options_init(&options, argc, argv);
	status = run(&options);
	options_fini(&options);
	return status;
}
