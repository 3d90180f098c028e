/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <jansson.h>
#include <stdlib.h>

#include "report/hlog.h"

/*
 * Writes a histogram log of the values in stdin, a JSON object:
 * { "at_ns": …, "lines": [{ "tag": …, "start_ns": …, "length_ns": …, "values": [ns, …] }, …] }
 */
static int write_line(json_t *line)
{
	struct histogram durations = { 0 };
	json_int_t start_ns, length_ns;
	json_t *values, *value;
	const char *tag;
	size_t i;

	if (json_unpack(line, "{s:s,s:I,s:I,s:o}", "tag", &tag, "start_ns", &start_ns, "length_ns",
			&length_ns, "values", &values))
		return -1;
	json_array_foreach(values, i, value)
		histogram_record(&durations, json_integer_value(value));
	return hlog_line(stdout, tag, start_ns, length_ns, &durations);
}

int main(void)
{
	json_t *log = json_loadf(stdin, 0, NULL), *lines, *line;
	json_int_t at_ns;
	int err = 0;
	size_t i;

	if (json_unpack(log, "{s:I,s:o}", "at_ns", &at_ns, "lines", &lines))
		return EXIT_FAILURE;
	hlog_begin(stdout, at_ns);
	json_array_foreach(lines, i, line) err = err ? err : write_line(line);
	json_decref(log);
	return err || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
