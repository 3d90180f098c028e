/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/labels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/utf8.h"

/* Quoted, and as valid UTF-8. 0 or -ENOMEM. */
static int print_value(FILE *to, const char *value)
{
	char *mended = utf8_mended(value);

	if (!mended)
		return -ENOMEM;
	putc_unlocked('"', to);
	for (const char *c = mended; *c; c++) {
		if (*c == '\\' || *c == '"' || *c == '\n')
			putc_unlocked('\\', to);
		putc_unlocked(*c == '\n' ? 'n' : *c, to);
	}
	putc_unlocked('"', to);
	free(mended);
	return 0;
}

int labels_print(FILE *to, const char *name, const char *value)
{
	fprintf(to, ",%s=", name);
	return print_value(to, value);
}

/* How many reports before it are on targets of that name: processes may run several such programs. */
static size_t n_namesakes(const struct report *reports, size_t report)
{
	size_t n = 0;

	for (size_t i = 0; i < report; i++)
		n += strcmp(reports[i].target, reports[report].target) == 0;
	return n;
}

static int print_target(FILE *to, const struct report *reports, size_t report)
{
	const char *name = reports[report].target;
	size_t n = n_namesakes(reports, report);
	char *numbered;
	int err;

	fputs("target=", to);
	if (n == 0)
		return print_value(to, name);
	if (asprintf(&numbered, "%s (%zu)", name, n + 1) < 0)
		return -ENOMEM;
	err = print_value(to, numbered);
	free(numbered);
	return err;
}

char *labels_new(const struct report *reports, size_t index, const struct report_function *function)
{
	const struct report *report = &reports[index];
	char *text = NULL;
	size_t n_bytes;
	FILE *to = open_memstream(&text, &n_bytes);
	int err;

	if (!to)
		return NULL;
	err = print_target(to, reports, index);
	if (function && !err)
		err = labels_print(to, "function", function->name);
	if (function && function->nth > 0)
		fprintf(to, ",nth=\"%u\"", function->nth);
	for (size_t i = 0; i < report->n_labels && !err; i++)
		err = labels_print(to, report->labels[i].name, report->labels[i].value);
	if (!fclose(to) && !err)
		return text;
	free(text);
	return NULL;
}
