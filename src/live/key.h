/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_LIVE_KEY_H
#define GOTRACED_LIVE_KEY_H

#include <stdbool.h>
#include <stddef.h>

/* A key as terminals send it: a printable one is its own character, others are these. */
enum key {
	KEY_NONE = 0,
	KEY_ENTER = 0x100,
	KEY_ESCAPE,
	KEY_UP,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_HOME,
	KEY_END,
	KEY_OTHER, /* one that means nothing here */
};

/*
 * Bytes from a terminal, read but not yet understood. The Escape key sends the byte with which the
 * sequences of other keys begin: which of them it is shows when more comes, or nothing does for a
 * moment. All zero is empty.
 */
struct key_input {
	char bytes[256];
	size_t n;
};

/* Where to read more to, and how much at most: at least one byte once key_next has given NONE. */
char *key_room(struct key_input *input, size_t *ret_n);
void key_added(struct key_input *input, size_t n);

/*
 * The next key; KEY_NONE when there is none, or none that is complete. is_all: nothing more comes
 * for now, so that an Escape by itself is one.
 */
int key_next(struct key_input *input, bool is_all);

#endif
