/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live/sparkline.h"

#include <math.h>

#include "live/brief.h"

enum {
	/*
	 * Powers of two at least: a bucket is then nowhere much wider than a column, which would
	 * leave gaps that mean nothing.
	 */
	MIN_POWERS = 2,
	MAX_POWER = 63,
	N_LEVELS = 8,
};

struct scale scale_of(const struct take *take, enum stats_span span)
{
	struct scale scale = { MAX_POWER, 0 };

	for (size_t i = 0; i < take->n_rows; i++) {
		const struct take_figures *of = &take->rows[i].of[span];
		uint32_t low = highest_bit(of->min_ns | 1), high = highest_bit(of->max_ns | 1) + 1;

		if (!of->n)
			continue;
		scale.low = low < scale.low ? low : scale.low;
		scale.high = high > scale.high ? high : scale.high;
	}
	if (scale.low > scale.high)
		scale = (struct scale){ 10, 30 }; /* 1 µs to 1 s */
	if (scale.high - scale.low < MIN_POWERS)
		scale.high = scale.low + MIN_POWERS;
	return scale;
}

static int column_of(uint64_t ns, const struct scale *scale, int n_columns)
{
	double position = (log2((double)(ns ? ns : 1)) - scale->low) / (scale->high - scale->low);
	int column = (int)(position * n_columns);

	return column < 0 ? 0 : column >= n_columns ? n_columns - 1 : column;
}

void sparkline_print(struct line *line, const struct histogram *durations,
		     const struct scale *scale, int n_columns)
{
	static const char *const blocks[N_LEVELS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char ascii[N_LEVELS] = ".:-=+*%#";
	uint64_t counts[SPARKLINE_MAX_COLUMNS] = { 0 }, largest = 0;
	uint32_t last = bucket_of(durations->max_ns);

	for (uint32_t i = bucket_of(durations->min_ns); i <= last; i++)
		if (durations->counts[i])
			counts[column_of(histogram_middle(durations, i), scale, n_columns)] +=
				durations->counts[i];
	for (int i = 0; i < n_columns; i++)
		largest = counts[i] > largest ? counts[i] : largest;
	for (int i = 0; i < n_columns; i++) {
		/* Whatever happened at all is seen. */
		int level = (int)ceil((double)counts[i] / (double)largest * N_LEVELS) - 1;

		if (counts[i])
			line_glyph(line, blocks[level < 0 ? 0 : level],
				   ascii[level < 0 ? 0 : level]);
		else
			line_glyph(line, " ", ' ');
	}
}

void scale_print(struct line *line, const struct scale *scale, int n_columns)
{
	struct brief low, high;
	int n_low;

	brief_time(&low, 1UL << scale->low, line->is_utf8);
	brief_time(&high, scale->high > MAX_POWER ? UINT64_MAX : 1UL << scale->high, line->is_utf8);
	n_low = line_columns(low.text, line->is_utf8);
	line_text(line, low.text);
	line_right(line, high.text, n_columns - n_low);
}
