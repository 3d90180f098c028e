/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/piece.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* struct { ok bool; ratio float64; n uint16; name string } */
enum { BOOL, FLOAT64, UINT16, STRING, MIXED, SLICE, INT, TWO, ONE, EMPTY_END, NONE, LARGE };

static struct go_field fields[] = {
	{ .type = BOOL, .off = 0 },    { .type = FLOAT64, .off = 8 }, { .type = UINT16, .off = 16 },
	{ .type = STRING, .off = 24 }, { .type = INT, .off = 0 },     { .type = NONE, .off = 8 },
	{ .type = TWO, .off = 0 },     { .type = STRING, .off = 16 },
};
static struct go_type type_list[] = {
	[BOOL] = { .kind = GO_BOOL, .n_bytes = 1 },
	[FLOAT64] = { .kind = GO_FLOAT64, .n_bytes = 8 },
	[UINT16] = { .kind = GO_UINT16, .n_bytes = 2 },
	[STRING] = { .kind = GO_STRING, .n_bytes = 16 },
	[MIXED] = { .kind = GO_STRUCT, .n_bytes = 40, .first_field = 0, .n_fields = 4 },
	[SLICE] = { .kind = GO_SLICE, .n_bytes = 24 },
	[INT] = { .kind = GO_INT, .n_bytes = 8 },
	[TWO] = { .kind = GO_ARRAY, .n_bytes = 16, .n_elements = 2, .element = INT },
	[ONE] = { .kind = GO_ARRAY, .n_bytes = 16, .n_elements = 1, .element = STRING },
	[EMPTY_END] = { .kind = GO_STRUCT, .n_bytes = 16, .first_field = 4, .n_fields = 2 },
	[NONE] = { .kind = GO_STRUCT },
	[LARGE] = { .kind = GO_STRUCT, .n_bytes = 32, .first_field = 6, .n_fields = 2 },
};
static const struct go_types types = {
	.types = type_list,
	.n_types = sizeof(type_list) / sizeof(type_list[0]),
	.fields = fields,
	.n_fields = sizeof(fields) / sizeof(fields[0]),
};

/* Pieces as text: R, X or S with number or offset, or -, each followed by a colon and its bytes. */
static size_t parse(const char *text, struct go_piece *pieces)
{
	size_t n = 0;

	for (int used = 0; *text; text += used) {
		struct go_piece piece = { 0 };
		char place;
		long number = 0;

		if (*text == '-')
			sscanf(text, " %c:%lu %n", &place, &piece.n_bytes, &used);
		else
			sscanf(text, " %c%ld:%lu %n", &place, &number, &piece.n_bytes, &used);
		piece.place = place == 'R'   ? GO_PIECE_REGISTER
			      : place == 'X' ? GO_PIECE_XMM
			      : place == 'S' ? GO_PIECE_STACK
					     : GO_PIECE_NOWHERE;
		piece.number = piece.place == GO_PIECE_STACK ? 0 : number;
		piece.off = piece.place == GO_PIECE_STACK ? number : 0;
		pieces[n++] = piece;
	}
	return n;
}

static const char *print(const struct go_piece *pieces, size_t n)
{
	static const char places[] = "-RXS";
	static char text[512];
	size_t at = 0;

	*text = 0;
	for (size_t i = 0; i < n; i++) {
		const struct go_piece *piece = &pieces[i];
		long number = piece->place == GO_PIECE_STACK ? piece->off : piece->number;

		at += snprintf(text + at, sizeof(text) - at, "%s%c", i ? " " : "",
			       places[piece->place]);
		if (piece->place != GO_PIECE_NOWHERE)
			at += snprintf(text + at, sizeof(text) - at, "%ld", number);
		at += snprintf(text + at, sizeof(text) - at, ":%lu", piece->n_bytes);
	}
	return text;
}

static const char *fit(uint32_t type, bool is_listed, uint64_t stack_off, const char *said)
{
	struct go_piece pieces[GO_MAX_PIECES], found[GO_MAX_PIECES];
	struct go_location location = {
		.type = type,
		.is_listed = is_listed,
		.pieces = pieces,
		.n_pieces = parse(said, pieces),
		.stack_off = stack_off,
	};

	return print(found, go_pieces_fit(&types, &location, found));
}

#define FITS(type, said, expected) cr_assert_str_eq(fit(type, true, 0, said), expected)

Test(piece, is_all_of_a_value_in_one_register)
{
	FITS(INT, "R0:0", "R0:8");
	FITS(BOOL, "R3:0", "R3:1");
	FITS(FLOAT64, "X14:0", "X14:8");
	FITS(EMPTY_END, "R4:0", "R4:8 -:8");
}

Test(piece, is_a_word_of_a_string_or_slice)
{
	FITS(STRING, "R0:8 R3:8", "R0:8 R3:8");
	FITS(STRING, "R0:8 -:8", "R0:8 -:8");
	FITS(SLICE, "R2:8 R5:8 R4:8", "R2:8 R5:8 R4:8");
	FITS(ONE, "R0:8 R3:8", "R0:8 R3:8");
}

Test(piece, follows_the_padding_that_is_not_told)
{
	FITS(MIXED, "R0:1 X0:8 R3:2 R2:8 R5:8", "R0:1 -:7 X0:8 R3:2 -:6 R2:8 R5:8");
}

Test(piece, follows_the_padding_that_is_told_rightly_or_wrongly)
{
	FITS(MIXED, "R0:1 -:7 X0:8 R3:2 -:6 R2:8 R5:8", "R0:1 -:7 X0:8 R3:2 -:6 R2:8 R5:8");
	FITS(MIXED, "R0:1 -:7 X0:8 -:1 R3:2 -:5 R2:8 R5:8", "R0:1 -:7 X0:8 R3:2 -:6 R2:8 R5:8");
}

Test(piece, on_the_stack_is_where_its_distance_to_others_says)
{
	FITS(SLICE, "S16:8 S24:8 S32:8", "S16:24");
	FITS(SLICE, "S16:8 S32:8", "S16:8 -:8 S32:8");
	FITS(MIXED, "S0:1 S24:8 S32:8", "S0:1 -:23 S24:16");
	FITS(MIXED, "S9:8 S17:2", "");
}

Test(piece, on_the_stack_that_is_alone_follows_the_parameter_before)
{
	cr_assert_str_eq(fit(STRING, true, 0, "S8:0"), "-:8 S8:8");
	cr_assert_str_eq(fit(STRING, true, 8, "S8:0"), "S8:8 -:8");
	cr_assert_str_eq(fit(SLICE, true, 16, "S24:0"), "-:8 S24:8 -:8");
	cr_assert_str_eq(fit(SLICE, true, 16, "S24:8 S32:8"), "-:8 S24:16");
	cr_assert_str_eq(fit(STRING, true, 32, "S8:0"), "", "what is before it is not known");
	cr_assert_str_eq(fit(STRING, true, 32, "S0:0"), "S0:8 -:8",
			 "nothing is below the arguments");
}

Test(piece, is_all_of_a_value_that_has_one_place)
{
	cr_assert_str_eq(fit(LARGE, false, 0, "S8:0"), "S8:32");
	cr_assert_str_eq(fit(LARGE, true, 0, "S8:0"), "S8:32");
	cr_assert_str_eq(fit(STRING, false, 0, "S-40:0"), "S-40:16");
	cr_assert_str_eq(fit(TWO, false, 0, "S0:0"), "S0:16");
}

Test(piece, is_nothing_where_it_does_not_fit)
{
	FITS(INT, "", "");
	FITS(NONE, "S0:0", "");
	FITS(STRING, "R0:0", "");
	FITS(STRING, "R0:8 R3:8 R2:8", "");
	FITS(STRING, "R0:4 R3:8", "");
	FITS(SLICE, "R0:8 R3:8", "");
	FITS(TWO, "R0:0", "");
	FITS(LARGE, "R0:8", "");
	FITS(STRING, "X0:8 S8:4", "");
	FITS(STRING, "-:8 -:16", "");
}

Test(piece, is_as_dwarf_has_it_where_that_makes_up_the_value)
{
	FITS(TWO, "R0:8 S8:8", "R0:8 S8:8");
	FITS(LARGE, "S0:16 -:8 R0:8", "S0:16 -:8 R0:8");
}

Test(piece, alignment_is_that_of_the_largest_part)
{
	cr_assert_eq(go_type_align(&types, BOOL), 1);
	cr_assert_eq(go_type_align(&types, MIXED), 8);
	cr_assert_eq(go_type_align(&types, TWO), 8);
	cr_assert_eq(go_type_align(&types, NONE), 1);
	cr_assert(go_type_has_leaves(&types, MIXED));
	cr_assert_not(go_type_has_leaves(&types, LARGE));
	cr_assert_not(go_type_has_leaves(&types, NONE));
}
