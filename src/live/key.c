/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live/key.h"

#include <string.h>

enum {
	ESCAPE = 0x1b,
	MAX_SEQUENCE = 32, /* what is longer was sent by no key */
};

char *key_room(struct key_input *input, size_t *ret_n)
{
	*ret_n = sizeof(input->bytes) - input->n;
	return input->bytes + input->n;
}

void key_added(struct key_input *input, size_t n)
{
	input->n += n;
}

static void drop(struct key_input *input, size_t n)
{
	input->n -= n;
	memmove(input->bytes, input->bytes + n, input->n);
}

/* Of a sequence by its last byte, and its number where that is '~' (xterm, "PC-Style Function Keys"). */
static int key_of_sequence(char last, int number)
{
	static const int by_number[] = {
		[1] = KEY_HOME,	     [4] = KEY_END,  [5] = KEY_PAGE_UP,
		[6] = KEY_PAGE_DOWN, [7] = KEY_HOME, [8] = KEY_END,
	};
	static const char letters[] = "ABCDFH";
	static const int by_letter[] = { KEY_UP, KEY_DOWN, KEY_RIGHT, KEY_LEFT, KEY_END, KEY_HOME };
	const char *letter = strchr(letters, last);
	int key = KEY_NONE;

	if (last == '~' && number < (int)(sizeof(by_number) / sizeof(by_number[0])))
		key = by_number[number];
	else if (letter && *letter)
		key = by_letter[letter - letters];
	return key ? key : KEY_OTHER;
}

/*
 * ESC [ parameters last, or ESC O last (ECMA-48, 5.4). KEY_NONE: its end is missing. Sets how many
 * bytes it has.
 */
static int read_sequence(const struct key_input *input, size_t *n_bytes)
{
	int number = 0;
	size_t i = 2;

	for (; i < input->n && i < MAX_SEQUENCE && input->bytes[1] == '['; i++) {
		char c = input->bytes[i];

		if (c < ' ' || c >= '@')
			break;
		if (c >= '0' && c <= '9' && number < 100)
			number = 10 * number + c - '0';
	}
	if (i == input->n)
		return KEY_NONE;
	*n_bytes = i + 1;
	return key_of_sequence(input->bytes[i], number);
}

static int key_of_byte(char c)
{
	if (c == '\r' || c == '\n')
		return KEY_ENTER;
	return c >= ' ' && c < 0x7f ? c : KEY_OTHER;
}

int key_next(struct key_input *input, bool is_all)
{
	size_t n_bytes = 1;
	int key;

	if (input->n == 0)
		return KEY_NONE;
	if (input->bytes[0] != ESCAPE)
		key = key_of_byte(input->bytes[0]);
	else if (input->n == 1)
		key = KEY_NONE;
	else if (input->bytes[1] == '[' || input->bytes[1] == 'O')
		key = read_sequence(input, &n_bytes);
	else
		key = KEY_ESCAPE;
	if (key == KEY_NONE && is_all)
		key = KEY_ESCAPE;
	if (key != KEY_NONE)
		drop(input, n_bytes);
	return key;
}
