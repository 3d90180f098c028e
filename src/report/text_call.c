/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text_call.h"

#include <string.h>
#include <time.h>

#include "report/human.h"

void text_print_time(FILE *to, uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm local;
	char text[16];

	localtime_r(&seconds, &local);
	strftime(text, sizeof(text), "%T", &local);
	fprintf(to, "%s.%06lu", text, ns % 1000000000 / 1000);
}

/* Results that have no name are known by their place. */
static bool is_unnamed(const struct report_value *value)
{
	return value->role == REPORT_RESULT && strncmp(value->label, "ret", 3) == 0 &&
	       strspn(value->label + 3, "0123456789") == strlen(value->label + 3) &&
	       value->label[3];
}

/* Those of one role, with something before the first and between them. How many they are. */
static size_t print_values(FILE *to, const struct report_call *call, enum report_role role,
			   const char *before, const char *between)
{
	size_t n = 0;

	for (size_t i = 0; i < call->n_values; i++) {
		const struct report_value *value = &call->values[i];

		if (value->role != role)
			continue;
		fputs(n++ ? between : before, to);
		if (!is_unnamed(value))
			fprintf(to, "%s=", value->label);
		value_print(to, value->value);
	}
	return n;
}

int text_print_values(FILE *to, const struct report_call *call, const struct report_style *style)
{
	if (print_values(to, call, REPORT_PARAMETER, "(", ", "))
		fputc(')', to);
	print_values(to, call, REPORT_RESULT, style->is_utf8 ? " → " : " -> ", ", ");
	print_values(to, call, REPORT_SHOWN, " ", " ");
	return 0;
}

int text_print_call(FILE *to, const struct report_call *call, const struct report_style *style)
{
	struct human human;

	text_print_time(to, call->started_ns);
	if (call->is_goroutine_known)
		fprintf(to, " goroutine %lu ", call->goroutine);
	else
		fputs(" goroutine ? ", to);
	fputs(call->function, to);
	text_print_values(to, call, style);
	if (call->is_unwound)
		fputs(" unwound", to);
	fprintf(to, "  %s\n", human_time(&human, call->duration_ns, style->is_utf8));
	if (call->is_stack_wanted && !call->is_stack_known)
		fputs("    (stack not known)\n", to);
	for (size_t i = 0; i < call->n_frames; i++) {
		const struct source_frame *frame = &call->frames[i];

		if (frame->function)
			fprintf(to, "    %s  %s:%u\n", frame->function, frame->file, frame->line);
		else
			fputs("    (no Go function)\n", to);
	}
	return 0;
}

int text_print_omitted(FILE *to, const struct report_omitted *omitted)
{
	if (omitted->n_over_limit)
		fprintf(to, "... %lu more call%s, not printed: --max-lines %lu a second\n",
			omitted->n_over_limit, omitted->n_over_limit == 1 ? "" : "s",
			omitted->max_lines);
	if (omitted->n_dropped)
		fprintf(to,
			"... %lu more call%s, not printed: the ring buffer was full, see "
			"--ring-size\n",
			omitted->n_dropped, omitted->n_dropped == 1 ? "" : "s");
	return 0;
}
