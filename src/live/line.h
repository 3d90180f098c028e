/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_LIVE_LINE_H
#define GOTRACED_LIVE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * A line of the screen, written from left to right and never wider than that. What others chose, as
 * names of functions, may be any bytes: what does not show as one or two columns becomes a question
 * mark. Widths are in columns. Needs the locale (LC_CTYPE) that the terminal is in.
 */
struct line {
	FILE *to;
	int n_columns, n_used;
	bool is_utf8;
	bool is_plain; /* no styles */
};

enum line_style {
	STYLE_NONE,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_SELECTED,
};

/* All that follows is in this style. */
void line_style(struct line *line, enum line_style style);

/* As much of the text as fits. */
void line_text(struct line *line, const char *text);
void line_format(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The text in a field of that width, at its right or left end; what is too long is cut in front. */
void line_right(struct line *line, const char *text, int n_columns);
void line_left(struct line *line, const char *text, int n_columns);

/* One of our own characters, a column wide. */
void line_glyph(struct line *line, const char *utf8, char ascii);

/* Blanks up to that column, counted from 0. */
void line_go_to(struct line *line, int column);

/* Clears the rest and ends the line. is_last: of the screen, on which the cursor stays. */
void line_end(struct line *line, bool is_last);

int line_columns(const char *text, bool is_utf8);

#endif
