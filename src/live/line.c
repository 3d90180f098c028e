/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live/line.h"

#include <stdarg.h>
#include <string.h>
#include <wchar.h>

/* How a character shows. */
struct shown {
	size_t n_bytes;
	int n_columns;
	bool is_safe; /* else a question mark takes its place */
};

static struct shown next_shown(const char *text, bool is_utf8)
{
	const struct shown unsafe = { 1, 1, false };
	unsigned char first = (unsigned char)*text;
	mbstate_t state = { 0 };
	wchar_t wide;
	size_t n;
	int n_columns;

	if (first < 0x80)
		return (struct shown){ 1, 1, first >= ' ' && first != 0x7f };
	n = is_utf8 ? mbrtowc(&wide, text, strlen(text), &state) : (size_t)-1;
	if (n == (size_t)-1 || n == (size_t)-2)
		return unsafe;
	n_columns = wcwidth(wide);
	/* Such as turn the direction of writing, or melt into what is before them. */
	if (n_columns < 1)
		return (struct shown){ n, 1, false };
	return (struct shown){ n, n_columns, true };
}

int line_columns(const char *text, bool is_utf8)
{
	int n = 0;

	while (*text) {
		struct shown shown = next_shown(text, is_utf8);

		n += shown.n_columns;
		text += shown.n_bytes;
	}
	return n;
}

void line_style(struct line *line, enum line_style style)
{
	static const char *const sequences[] = {
		[STYLE_NONE] = "\033[0m",
		[STYLE_BOLD] = "\033[0;1m",
		[STYLE_DIM] = "\033[0;2m",
		[STYLE_SELECTED] = "\033[0;7m",
	};

	if (!line->is_plain)
		fputs(sequences[style], line->to);
}

void line_text(struct line *line, const char *text)
{
	while (*text) {
		struct shown shown = next_shown(text, line->is_utf8);

		if (line->n_used + shown.n_columns > line->n_columns)
			return;
		if (shown.is_safe)
			fwrite(text, 1, shown.n_bytes, line->to);
		else
			fputc('?', line->to);
		line->n_used += shown.n_columns;
		text += shown.n_bytes;
	}
}

void line_format(struct line *line, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	line_text(line, text);
}

void line_glyph(struct line *line, const char *utf8, char ascii)
{
	if (line->n_used >= line->n_columns)
		return;
	if (line->is_utf8)
		fputs(utf8, line->to);
	else
		fputc(ascii, line->to);
	line->n_used++;
}

void line_go_to(struct line *line, int column)
{
	while (line->n_used < column && line->n_used < line->n_columns) {
		fputc(' ', line->to);
		line->n_used++;
	}
}

/* The end of the text, with a mark for what is missing before it. */
static void print_tail(struct line *line, const char *text, int n_columns)
{
	int n = line_columns(text, line->is_utf8);

	if (n_columns <= 0)
		return;
	if (n > n_columns) {
		line_glyph(line, "…", '~');
		n_columns--;
	}
	while (n > n_columns) {
		struct shown shown = next_shown(text, line->is_utf8);

		n -= shown.n_columns;
		text += shown.n_bytes;
	}
	line_text(line, text);
}

void line_right(struct line *line, const char *text, int n_columns)
{
	int n = line_columns(text, line->is_utf8);

	if (n < n_columns)
		line_go_to(line, line->n_used + n_columns - n);
	print_tail(line, text, n_columns);
}

void line_left(struct line *line, const char *text, int n_columns)
{
	int end = line->n_used + n_columns;

	print_tail(line, text, n_columns);
	line_go_to(line, end);
}

void line_end(struct line *line, bool is_last)
{
	line_style(line, STYLE_NONE);
	/* What is written up to the last column leaves the cursor in it: clearing would take that. */
	if (line->n_used < line->n_columns)
		fputs("\033[K", line->to);
	if (!is_last)
		fputs("\r\n", line->to);
	line->n_used = 0;
}
