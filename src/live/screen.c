/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live/screen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "live/line.h"
#include "live/table.h"
#include "report/human.h"
#include "report/text_function.h"

enum {
	HEADER_LINES = 2,
	FOOTER_LINES = 1,
	HEADING_LINES = 1,
	MIN_LINES = 6,
	MIN_COLUMNS = 30,
	MIN_NAMES_COLUMNS = 16, /* of programs */
	MAX_MESSAGES = 3,
	LINES_FOR_MESSAGES = 20, /* in a lower window there is but one */
};

static const char keys_text[] =
	"Keys\n"
	"\n"
	"  left right  < >     sort by another column\n"
	"  r                   reverse the order\n"
	"  up down  k j        select a function\n"
	"  page up/down        a page on\n"
	"  home end  g G       the first, which stays selected whatever it is, the last\n"
	"  enter  space        all figures and the histogram of the selected function\n"
	"  esc                 back to the table\n"
	"  t                   figures since the start, or of the last interval\n"
	"  p                   pause: the screen stays as it is, measuring goes on\n"
	"  h  ?                this page\n"
	"  ctrl-z              suspend\n"
	"  q  ctrl-c           end, with a report of all\n"
	"\n"
	"Figures\n"
	"\n"
	"  calls               that returned; these have a duration\n"
	"  total               time spent in all of them\n"
	"  in flight           not over yet\n"
	"  unwound             ended by a panic or runtime.Goexit\n"
	"  dim times           little more than what the probe itself takes\n"
	"  off                 not traced any more: enter tells why\n"
	"  the last column     how the durations are spread, on the scale that its heading has "
	"the\n"
	"                      ends of: each step to the right is longer by the same factor\n";

static struct line line_of(const struct screen *screen, FILE *to)
{
	return (struct line){
		.to = to,
		.n_columns = screen->n_columns,
		.is_utf8 = screen->is_utf8,
		.is_plain = screen->is_plain,
	};
}

/* The first ones, as far as there is room; the last of them is cut in front. */
static void print_names(const struct take *take, struct line *line, int n_columns)
{
	int end = line->n_used + n_columns;

	if (take->n_targets > 1)
		line_format(line, "%zu programs: ", take->n_targets);
	for (size_t i = 0; i < take->n_targets && line->n_used < end; i++) {
		int n = line_columns(take->targets[i].name, line->is_utf8);

		if (i)
			line_text(line, ", ");
		line_left(line, take->targets[i].name,
			  n < end - line->n_used ? n : end - line->n_used);
	}
}

static void print_programs(const struct screen *screen, struct line *line, double seconds)
{
	int n_names, n_right;
	struct human span;
	char right[80];

	snprintf(right, sizeof(right), "  %zu process%s, traced for %s", screen->n_processes,
		 screen->n_processes == 1 ? "" : "es",
		 human_time(&span, (uint64_t)(seconds * 1e9), screen->is_utf8));
	line_style(line, STYLE_BOLD);
	line_text(line, "gotraced");
	line_style(line, STYLE_NONE);
	line_text(line, "  ");
	n_right = line_columns(right, screen->is_utf8);
	n_names = line->n_columns - line->n_used - n_right;
	if (n_names < MIN_NAMES_COLUMNS) {
		print_names(screen->take, line, line->n_columns - line->n_used);
		return;
	}
	print_names(screen->take, line, n_names);
	line_right(line, right, line->n_columns - line->n_used);
}

static void print_span(const struct screen *screen, const struct view *view, struct line *line)
{
	double overhead_ns = 0,
	       seconds = screen->take->n_targets
				 ? screen->take->targets[0].report[view->span].seconds
				 : 0;
	bool is_calibrated = false;
	struct human span;

	for (size_t i = 0; i < screen->take->n_targets; i++) {
		const struct report *report = &screen->take->targets[i].report[view->span];

		overhead_ns += (double)report->overhead_ns;
		is_calibrated |= report->is_calibrated;
	}
	if (view->is_paused)
		line_text(line, "PAUSED  ");
	line_format(line, "%s %s", view->span == STATS_INTERVAL ? "the last" : "since the start,",
		    human_time(&span, (uint64_t)(seconds * 1e9), screen->is_utf8));
	if (is_calibrated && seconds > 0)
		line_format(line, "; tracing costs %.3g%% of a CPU", overhead_ns / seconds / 1e7);
}

static void print_position(const struct screen *screen, const struct view *view, struct line *line)
{
	size_t n = screen->take->n_rows, end = view->first + view->n_page_rows;
	char text[80];
	int n_columns;

	if (view->page != PAGE_TABLE || n <= view->n_page_rows)
		snprintf(text, sizeof(text), "  %zu function%s", n, n == 1 ? "" : "s");
	else
		snprintf(text, sizeof(text), "  functions %zu-%zu of %zu", view->first + 1,
			 end < n ? end : n, n);
	n_columns = (int)strlen(text);
	if (n_columns <= line->n_columns - line->n_used)
		line_right(line, text, line->n_columns - line->n_used);
}

static void print_header(const struct screen *screen, const struct view *view, FILE *to)
{
	struct line line = line_of(screen, to);
	double seconds =
		screen->take->n_targets ? screen->take->targets[0].report[STATS_TOTAL].seconds : 0;

	print_programs(screen, &line, seconds);
	line_end(&line, false);
	print_span(screen, view, &line);
	print_position(screen, view, &line);
	line_end(&line, false);
}

static void print_table(const struct screen *screen, const struct view *view,
			const struct order *order, FILE *to)
{
	struct line line = line_of(screen, to);
	struct table table;

	table_init(&table, screen->take, view, screen->n_columns, screen->is_utf8);
	line_style(&line, STYLE_BOLD);
	table_print_headings(&table, &line);
	line_end(&line, false);
	for (size_t i = view->first; i < view->first + view->n_page_rows; i++) {
		if (i < order->n)
			table_print_row(&table, &line, order->rows[i], i == view->selected);
		line_end(&line, false);
	}
}

/* The lines of a text from the one on that is to be at the top. */
static void print_lines(const struct screen *screen, struct view *view, const char *text,
			size_t n_lines, FILE *to)
{
	struct line line = line_of(screen, to);
	char *copy = strdup(text), *rest = copy, *one;
	size_t n = 0;

	for (const char *c = text; *c; c++)
		n += *c == '\n';
	view->n_page_rows = n_lines ? n_lines : 1;
	if (view->first_line + n_lines > n)
		view->first_line = n > n_lines ? n - n_lines : 0;
	for (size_t i = 0; i < view->first_line; i++)
		strsep(&rest, "\n");
	for (size_t i = 0; i < n_lines; i++) {
		one = strsep(&rest, "\n");
		if (i + view->first_line == 0)
			line_style(&line, STYLE_BOLD);
		if (one)
			line_text(&line, one);
		line_end(&line, false);
	}
	free(copy);
}

/* As the text report has it. */
static int print_function(const struct screen *screen, struct view *view, const struct order *order,
			  size_t n_lines, FILE *to)
{
	const struct report_style style = { screen->n_columns, screen->is_utf8 };
	struct report_function function;
	const struct report *report;
	struct figures figures;
	char *text = NULL;
	size_t n_bytes;
	uint32_t row;
	FILE *page;

	page = open_memstream(&text, &n_bytes);
	if (!page)
		return -ENOMEM;
	if (order->n) {
		row = order->rows[view->selected];
		take_get(screen->take, row, view->span, &function, &figures);
		report = &screen->take->targets[screen->take->rows[row].target].report[view->span];
		text_print_function(page, report, &function, &figures, &style);
	}
	if (fclose(page)) {
		free(text);
		return -ENOMEM;
	}
	print_lines(screen, view, text + (*text == '\n'), n_lines, to);
	free(text);
	return 0;
}

static void print_footer(const struct screen *screen, const struct view *view, FILE *to)
{
	struct line line = line_of(screen, to);
	bool is_table = view->page == PAGE_TABLE, is_utf8 = screen->is_utf8;
	const struct {
		const char *key, *meaning;
		bool is_of_table;
	} keys[] = {
		{ "q", "quit", true },
		{ "h", "help", true },
		{ is_utf8 ? "←→" : "<>", "sort", true },
		{ is_utf8 ? "↑↓" : "jk", "select", true },
		{ "enter", "histogram", true },
		{ "t", view->span == STATS_INTERVAL ? "since the start" : "last interval", true },
		{ "r", "reverse", true },
		{ "p", view->is_paused ? "go on" : "pause", true },
		{ "esc", "back", false },
		{ "t", view->span == STATS_INTERVAL ? "since the start" : "last interval", false },
		{ is_utf8 ? "↑↓" : "jk", "scroll", false },
		{ "p", view->is_paused ? "go on" : "pause", false },
		{ "q", "quit", false },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int n_columns =
			2 + line_columns(keys[i].key, is_utf8) + (int)strlen(keys[i].meaning);

		if (keys[i].is_of_table != is_table || n_columns > line.n_columns - line.n_used)
			continue;
		if (line.n_used)
			line_text(&line, "  ");
		line_style(&line, STYLE_BOLD);
		line_text(&line, keys[i].key);
		line_style(&line, STYLE_NONE);
		line_format(&line, " %s", keys[i].meaning);
	}
	line_end(&line, true);
}

static size_t n_messages_shown(const struct screen *screen)
{
	size_t most = screen->n_lines < LINES_FOR_MESSAGES ? 1 : MAX_MESSAGES;

	return screen->n_messages < most ? screen->n_messages : most;
}

static void print_messages(const struct screen *screen, FILE *to)
{
	struct line line = line_of(screen, to);
	size_t n = n_messages_shown(screen);

	for (size_t i = screen->n_messages - n; i < screen->n_messages; i++) {
		line_text(&line, screen->messages[i]);
		line_end(&line, false);
	}
}

int screen_draw(const struct screen *screen, struct view *view, FILE *to)
{
	int n_free = screen->n_lines - HEADER_LINES - FOOTER_LINES - (int)n_messages_shown(screen);
	size_t n_lines = (size_t)n_free;
	struct line line = line_of(screen, to);
	struct order order;
	int err;

	if (screen->n_lines < MIN_LINES || screen->n_columns < MIN_COLUMNS) {
		line_text(&line, "gotraced: the window is too small");
		fputs("\033[J", to);
		return 0;
	}
	err = order_init(&order, screen->take, view);
	if (err)
		return err;
	view_settle(view, order.indexes, order.n, n_lines - HEADING_LINES);
	print_header(screen, view, to);
	if (view->page == PAGE_TABLE)
		print_table(screen, view, &order, to);
	else if (view->page == PAGE_FUNCTION)
		err = print_function(screen, view, &order, n_lines, to);
	else
		print_lines(screen, view, keys_text, n_lines, to);
	print_messages(screen, to);
	print_footer(screen, view, to);
	order_fini(&order);
	return err;
}
