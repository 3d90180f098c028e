/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expr/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

char text_peek(const struct text *text)
{
	return text->start[text->at];
}

void text_skip_blanks(struct text *text)
{
	while (isspace((unsigned char)text_peek(text)))
		text->at++;
}

bool text_take(struct text *text, const char *what)
{
	size_t n = strlen(what);

	if (strncmp(text->start + text->at, what, n) != 0)
		return false;
	text->at += n;
	return true;
}

/* Go's letters are those of Unicode: every byte of a character that is not ASCII passes for one. */
static bool is_letter(char c)
{
	return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

size_t text_name_bytes(const struct text *text)
{
	const char *start = text->start + text->at;
	size_t n = *start == '~';

	if (!is_letter(start[n]))
		return 0;
	while (is_letter(start[n]) || isdigit((unsigned char)start[n]))
		n++;
	return n;
}

bool text_take_number(struct text *text, uint64_t *ret)
{
	const char *start = text->start + text->at;
	bool is_hex = start[0] == '0' && (start[1] == 'x' || start[1] == 'X');
	char *end;

	if (!isdigit((unsigned char)*start))
		return false;
	errno = 0;
	*ret = strtoull(start, &end, is_hex ? 16 : 10);
	text->at += (size_t)(end - start);
	return errno == 0;
}
