/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live/table.h"

#include <string.h>

#include "live/brief.h"

enum {
	MARK_COLUMNS = 1, /* before each row, for the selected one */
	MIN_NAME_COLUMNS = 24,
	GOOD_NAME_COLUMNS = 32,
	PROGRAM_COLUMNS = 13,
	SPARKLINE_COLUMNS = 15,
};

static const struct {
	const char *heading;
	int n_columns;
} columns[N_COLUMNS] = {
	[COLUMN_FUNCTION] = { "function", MIN_NAME_COLUMNS },
	[COLUMN_PROGRAM] = { "program", PROGRAM_COLUMNS },
	[COLUMN_CALLS] = { "calls", 1 + BRIEF_COLUMNS },
	[COLUMN_RATE] = { "calls/s", 1 + BRIEF_COLUMNS },
	[COLUMN_P50] = { "p50", 1 + BRIEF_COLUMNS },
	[COLUMN_P90] = { "p90", 1 + BRIEF_COLUMNS },
	[COLUMN_P99] = { "p99", 1 + BRIEF_COLUMNS },
	[COLUMN_MAX] = { "max", 1 + BRIEF_COLUMNS },
	[COLUMN_TOTAL] = { "total", 1 + BRIEF_COLUMNS },
	[COLUMN_IN_FLIGHT] = { "in flight", 10 },
	[COLUMN_UNWOUND] = { "unwound", 1 + BRIEF_COLUMNS },
	[COLUMN_SPARKLINE] = { "", SPARKLINE_COLUMNS },
};

/* Those that tell most first, and how much is to be left for names, which tell something, too. */
static const struct {
	enum column column;
	int n_name_columns;
} by_importance[] = {
	{ COLUMN_PROGRAM, MIN_NAME_COLUMNS },	 { COLUMN_RATE, MIN_NAME_COLUMNS },
	{ COLUMN_P50, MIN_NAME_COLUMNS },	 { COLUMN_P99, MIN_NAME_COLUMNS },
	{ COLUMN_SPARKLINE, MIN_NAME_COLUMNS },	 { COLUMN_MAX, MIN_NAME_COLUMNS },
	{ COLUMN_CALLS, MIN_NAME_COLUMNS },	 { COLUMN_TOTAL, GOOD_NAME_COLUMNS },
	{ COLUMN_UNWOUND, GOOD_NAME_COLUMNS },	 { COLUMN_P90, GOOD_NAME_COLUMNS },
	{ COLUMN_IN_FLIGHT, GOOD_NAME_COLUMNS },
};

static bool has_use(const struct take *take, enum column column)
{
	if (column == COLUMN_PROGRAM)
		return take->n_targets > 1;
	if (column != COLUMN_UNWOUND)
		return true;
	for (size_t i = 0; i < take->n_rows; i++)
		if (take->rows[i].of[STATS_TOTAL].unwound)
			return true;
	return false;
}

static int longest_name(const struct take *take, bool is_utf8)
{
	int longest = (int)strlen(columns[COLUMN_FUNCTION].heading) + 1;

	for (size_t i = 0; i < take->n_rows; i++) {
		int n = line_columns(take->rows[i].name, is_utf8);

		longest = n > longest ? n : longest;
	}
	return longest;
}

static int at_most(int n, int most)
{
	return n < most ? n : most;
}

void table_init(struct table *table, const struct take *take, const struct view *view,
		int n_columns, bool is_utf8)
{
	const size_t n = sizeof(by_importance) / sizeof(by_importance[0]);
	int *widths = table->widths, name = longest_name(take, is_utf8);
	int n_left = n_columns - MARK_COLUMNS, n_more;

	*table = (struct table){ .take = take, .view = view, .scale = scale_of(take, view->span) };
	if (view->sort != COLUMN_FUNCTION)
		n_left -= widths[view->sort] = columns[view->sort].n_columns;
	for (size_t i = 0; i < n; i++) {
		enum column column = by_importance[i].column;
		int n_name = at_most(name, by_importance[i].n_name_columns);

		if (widths[column] || columns[column].n_columns > n_left - n_name ||
		    !has_use(take, column))
			continue;
		n_left -= widths[column] = columns[column].n_columns;
	}
	widths[COLUMN_FUNCTION] = at_most(name, n_left);
	n_more = at_most(n_left - widths[COLUMN_FUNCTION],
			 1 + SPARKLINE_MAX_COLUMNS - SPARKLINE_COLUMNS);
	if (widths[COLUMN_SPARKLINE])
		widths[COLUMN_SPARKLINE] += n_more;
}

void table_print_headings(const struct table *table, struct line *line)
{
	const struct view *view = table->view;
	bool is_upwards = view->is_reversed != (view->sort == COLUMN_FUNCTION);

	line_go_to(line, MARK_COLUMNS);
	for (enum column i = 0; i < N_COLUMNS; i++) {
		int end = line->n_used + table->widths[i];
		bool is_text = i <= COLUMN_PROGRAM;

		if (!table->widths[i])
			continue;
		if (i == COLUMN_PROGRAM)
			line_text(line, " ");
		if (i == COLUMN_SPARKLINE) {
			line_text(line, " ");
			scale_print(line, &table->scale, table->widths[i] - 1);
			continue;
		}
		if (!is_text)
			line_go_to(line, end - (int)strlen(columns[i].heading) - (i == view->sort));
		if (i == view->sort)
			line_glyph(line, is_upwards ? "▲" : "▼", is_upwards ? '^' : 'v');
		line_text(line, columns[i].heading);
		line_go_to(line, end);
	}
}

/* The last part of a path. */
static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static bool is_of_times(enum column column)
{
	return column >= COLUMN_P50 && column <= COLUMN_TOTAL;
}

static const char *time_in(const struct figures *figures, enum column column, bool is_utf8,
			   struct brief *buffer)
{
	const struct histogram *durations = &figures->durations;

	if (!durations->n)
		return "-";
	if (column == COLUMN_MAX)
		return brief_time(buffer, durations->max_ns, is_utf8);
	if (column == COLUMN_TOTAL)
		return brief_time(buffer, durations->sum_ns, is_utf8);
	return brief_time(buffer, histogram_quantile(durations, column_share(column)), is_utf8);
}

static const char *number_in(const struct report_function *function, const struct figures *figures,
			     enum column column, struct brief *buffer)
{
	switch (column) {
	case COLUMN_CALLS:
		return brief_count(buffer, figures->calls);
	case COLUMN_RATE:
		/* Where it is not probed, nothing is known. */
		return function->seconds > 0 ? brief_rate(buffer, report_rate(function, figures))
					     : "off";
	case COLUMN_IN_FLIGHT:
		return brief_count(buffer, figures->in_flight);
	default:
		return brief_count(buffer, figures->unwound);
	}
}

/* In the style of the row, but for times that are little more than the probe itself. */
static void print_figures(const struct table *table, struct line *line,
			  const struct report_function *function, const struct figures *figures,
			  enum line_style style)
{
	bool is_near_bias = style == STYLE_NONE && report_is_near_bias(function, figures);
	struct brief buffer;

	for (enum column i = COLUMN_CALLS; i < COLUMN_SPARKLINE; i++) {
		const char *text;

		if (!table->widths[i])
			continue;
		text = is_of_times(i) ? time_in(figures, i, line->is_utf8, &buffer)
				      : number_in(function, figures, i, &buffer);
		if (is_near_bias)
			line_style(line, is_of_times(i) && i != COLUMN_TOTAL ? STYLE_DIM : style);
		line_right(line, text, table->widths[i]);
	}
	if (is_near_bias)
		line_style(line, style);
	if (table->widths[COLUMN_SPARKLINE] && figures->durations.n) {
		line_text(line, " ");
		sparkline_print(line, &figures->durations, &table->scale,
				table->widths[COLUMN_SPARKLINE] - 1);
	}
}

void table_print_row(const struct table *table, struct line *line, uint32_t row, bool is_selected)
{
	const struct take *take = table->take;
	struct report_function function;
	enum line_style style = STYLE_NONE;
	struct figures figures;

	take_get(take, row, table->view->span, &function, &figures);
	if (is_selected)
		style = STYLE_SELECTED;
	else if (function.state != REPORT_TRACED || report_is_idle(&figures))
		style = STYLE_DIM;
	line_style(line, style);
	line_text(line, is_selected && line->is_plain ? ">" : " ");
	line_left(line, function.name, table->widths[COLUMN_FUNCTION]);
	if (table->widths[COLUMN_PROGRAM]) {
		line_text(line, " ");
		line_left(line, last_part(take->targets[take->rows[row].target].name),
			  table->widths[COLUMN_PROGRAM] - 1);
	}
	print_figures(table, line, &function, &figures, style);
	if (is_selected)
		line_go_to(line, line->n_columns);
}
