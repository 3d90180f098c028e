/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emit/quoted.h"

#include <stdint.h>
#include <string.h>

#include "report/utf8.h"

/* How many bytes the character takes that a text of UTF-8 begins with. */
static size_t n_bytes_of(const char *text)
{
	unsigned char first = text[0];

	return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/*
 * Control characters, and those of Unicode that turn the direction of writing, end lines or take
 * no room: U+0080 to U+009F, U+2000 to U+206F, U+FEFF.
 */
static bool is_shown(const char *character, size_t n_bytes)
{
	const unsigned char *at = (const unsigned char *)character;

	switch (n_bytes) {
	case 1:
		return at[0] >= 0x20 && at[0] != 0x7f;
	case 2:
		return at[0] != 0xc2 || at[1] >= 0xa0;
	case 3:
		if (at[0] == 0xe2)
			return !(at[1] == 0x80 || (at[1] == 0x81 && at[2] < 0xb0));
		return !(at[0] == 0xef && at[1] == 0xbb && at[2] == 0xbf);
	default:
		return true;
	}
}

void quoted_clean(const char *text, char to[QUOTED_MAX_BYTES])
{
	bool is_utf8 = utf8_is_valid(text);
	size_t at = 0, n;

	for (; *text; text += n, at += n) {
		n = is_utf8 ? n_bytes_of(text) : 1;
		if (at + n >= QUOTED_MAX_BYTES)
			break;
		if (is_shown(text, n) && (is_utf8 || !(*text & 0x80)))
			memcpy(to + at, text, n);
		else
			memset(to + at, '?', n);
	}
	to[at] = '\0';
}

void quoted_print(FILE *to, const char *text)
{
	char clean[QUOTED_MAX_BYTES];

	quoted_clean(text, clean);
	fputs(clean, to);
}

void quoted_print_literal(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}
