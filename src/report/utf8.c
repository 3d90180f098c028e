/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/utf8.h"

#include <stdint.h>
#include <string.h>

/* How many bytes a character takes that begins so; 0: none does. */
static int n_bytes_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* The character of n bytes; a value that is none where one of them cannot be part of it. */
static uint32_t decode(const unsigned char *text, int n)
{
	static const unsigned char bits_of_first[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t character = text[0] & bits_of_first[n];

	for (int i = 1; i < n; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return UINT32_MAX;
		character = character << 6 | (text[i] & 0x3f);
	}
	return character;
}

static bool is_character(uint32_t character, int n_bytes)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return character >= least[n_bytes] && character <= 0x10ffff &&
	       (character < 0xd800 || character > 0xdfff);
}

bool utf8_is_valid(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	int n;

	for (; *at; at += n) {
		n = n_bytes_of(*at);
		if (!n || !is_character(decode(at, n), n))
			return false;
	}
	return true;
}

char *utf8_mended(const char *text)
{
	bool is_valid = utf8_is_valid(text);
	char *copy = strdup(text);

	for (char *c = copy; c && !is_valid && *c; c++)
		if (*c & 0x80)
			*c = '?';
	return copy;
}
