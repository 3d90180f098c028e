/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_VALUE_H
#define GOTRACED_VALUE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A value of a Go program, as it was seen at one moment. */
enum value_kind {
	VALUE_NIL,
	VALUE_BOOL, /* number: 0 or 1 */
	VALUE_SIGNED, /* number, as int64_t */
	VALUE_UNSIGNED,
	VALUE_ADDRESS, /* number: of what a pointer points to that was not taken */
	VALUE_REAL, /* real */
	VALUE_COMPLEX, /* real and imaginary */
	VALUE_STRING, /* bytes */
	VALUE_BYTES, /* a slice or array of them */
	VALUE_LIST, /* children: the first elements of a slice or array */
	VALUE_STRUCT, /* children: its fields, by their labels */
	VALUE_POINTER, /* one child: its target */
	VALUE_SIZED, /* a map or chan: n_whole elements */
	VALUE_DURATION, /* number: ns, as int64_t */
	VALUE_TIME, /* number: Unix seconds, as int64_t, and ns */
	VALUE_FUNCTION, /* number: address of its code in the ELF file; bytes: its name, if known */
	VALUE_DYNAMIC, /* an interface: its type by name, and one child if its value is known */
	VALUE_ERROR, /* likewise, and what it says */
	VALUE_UNREADABLE, /* its memory was out of reach */
	VALUE_UNREACHABLE, /* in a floating point register, or nobody knows where */
	VALUE_NOT_TAKEN, /* there was no room for it */
};

/* Whatever it points to lives until the next value is decoded. */
struct value {
	enum value_kind kind;
	const char *label; /* of a field; else NULL */
	const char *type; /* name; NULL where it says nothing */
	uint64_t number;
	uint32_t ns;
	double real, imaginary;
	const char *bytes;
	size_t n_bytes;
	uint64_t n_whole; /* bytes or elements that there are in all */
	const struct value *children;
	size_t n_children;
};

/* Writes it as a person would, on one line. */
void value_print(FILE *to, const struct value *value);

/* A duration as Go prints it: 1m30.5s. */
struct value_text_duration {
	char text[40];
};
const char *value_text_duration(struct value_text_duration *buffer, int64_t ns);

/* A moment as RFC 3339 has it, in UTC. */
struct value_text_time {
	char text[64];
};
const char *value_text_time(struct value_text_time *buffer, int64_t seconds, uint32_t ns);

#endif
