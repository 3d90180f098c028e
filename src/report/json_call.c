/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json_call.h"

#include "report/json_value.h"

/* Those of one role, by their labels. */
static json_t *values_of(const struct report_call *call, enum report_role role)
{
	json_t *object = json_object();

	for (size_t i = 0; object && i < call->n_values; i++) {
		const struct report_value *value = &call->values[i];

		if (value->role == role)
			object = json_with(object, value->label, json_value(value->value));
	}
	return object;
}

static json_t *frame_of(const struct source_frame *frame)
{
	struct json_line line;

	if (!frame->function)
		return json_null();
	json_line_begin(&line);
	json_line_add_text(&line, "function", frame->function);
	json_line_add_text(&line, "file", frame->file);
	json_line_add_number(&line, "line", frame->line);
	return line.object;
}

static json_t *stack_of(const struct report_call *call)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < call->n_frames; i++)
		array = json_appended(array, frame_of(&call->frames[i]));
	return array;
}

static bool has_role(const struct report_call *call, enum report_role role)
{
	for (size_t i = 0; i < call->n_values; i++)
		if (call->values[i].role == role)
			return true;
	return false;
}

void json_add_values(struct json_line *line, const struct report_call *call)
{
	static const struct {
		enum report_role role;
		const char *key;
	} roles[] = {
		{ REPORT_PARAMETER, "parameters" },
		{ REPORT_RESULT, "results" },
		{ REPORT_SHOWN, "values" },
	};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (has_role(call, roles[i].role))
			json_line_add(line, roles[i].key, values_of(call, roles[i].role));
}

int json_print_call(FILE *to, const struct report_call *call,
		    const struct report_style *style __attribute__((unused)))
{
	struct report_time time;
	struct json_line line;

	json_line_begin_report(&line, "call");
	line.has_exact_reals = true;
	json_line_add_text(&line, "target", call->target);
	json_line_add_text(&line, "function", call->function);
	json_line_add_text(&line, "start", report_time(&time, call->started_ns));
	json_line_add_number(&line, "duration_ns", call->duration_ns);
	json_line_add_text(&line, "end", call->is_unwound ? "unwound" : "returned");
	json_line_add_goroutine(&line, call->goroutine, call->is_goroutine_known);
	json_line_add_number(&line, "pid", call->process);
	json_line_add_number(&line, "tid", call->thread);
	json_add_values(&line, call);
	if (call->is_stack_wanted)
		json_line_add(&line, "stack", call->is_stack_known ? stack_of(call) : json_null());
	return json_line_end(&line, to);
}

int json_print_omitted(FILE *to, const struct report_omitted *omitted)
{
	struct json_line line;

	json_line_begin_report(&line, "omitted");
	json_line_add_number(&line, "over_limit", omitted->n_over_limit);
	json_line_add_number(&line, "dropped", omitted->n_dropped);
	return json_line_end(&line, to);
}
