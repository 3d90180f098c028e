/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/utf8.h"

enum { FORMAT_VERSION = 1 }; /* another one where a reader of this one would err */

void json_line_begin(struct json_line *line)
{
	line->object = json_object();
	line->is_complete = line->object != NULL;
	line->has_exact_reals = false;
}

void json_line_begin_report(struct json_line *line, const char *kind)
{
	json_line_begin(line);
	json_line_add_number(line, "format", FORMAT_VERSION);
	json_line_add_text(line, "report", kind);
}

void json_line_add(struct json_line *line, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(line->object, key, value))
		line->is_complete = false;
}

void json_line_add_number(struct json_line *line, const char *key, uint64_t number)
{
	json_line_add(line, key, json_integer((json_int_t)number));
}

json_t *json_text(const char *of)
{
	char *mended = utf8_mended(of);
	json_t *string = mended ? json_string(mended) : NULL;

	free(mended);
	return string;
}

void json_line_add_text(struct json_line *line, const char *key, const char *of)
{
	json_line_add(line, key, json_text(of));
}

void json_line_add_goroutine(struct json_line *line, uint64_t id, bool is_known)
{
	json_line_add(line, "goroutine", is_known ? json_integer((json_int_t)id) : json_null());
}

int json_line_end(struct json_line *line, FILE *to)
{
	const size_t n_digits = line->has_exact_reals ? 17 : 9;

	if (line->is_complete) {
		json_dumpf(line->object, to, JSON_COMPACT | JSON_REAL_PRECISION(n_digits));
		fputc('\n', to);
	}
	json_decref(line->object);
	return line->is_complete ? 0 : -ENOMEM;
}

json_t *json_appended(json_t *array, json_t *element)
{
	if (!json_array_append_new(array, element))
		return array;
	json_decref(array);
	return NULL;
}

json_t *json_with(json_t *object, const char *key, json_t *value)
{
	char *mended = utf8_mended(key);
	int err = mended ? json_object_set_new_nocheck(object, mended, value) : -ENOMEM;

	if (!mended)
		json_decref(value);
	free(mended);
	if (!err)
		return object;
	json_decref(object);
	return NULL;
}
