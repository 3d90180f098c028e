/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/dynamic.h"

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "value/described.h"
#include "value/reading.h"

enum {
	WORD = 8,
	MAX_NESTED = 3,
};

/*
 * What the common errors of the standard library say. Those that begin with a message say that; others
 * have two strings and then another error.
 */
enum error_layout {
	ERROR_MESSAGE,
	ERROR_PATH, /* op path: error */
	ERROR_URL, /* op "url": error */
	ERROR_NUMBER, /* strconv.func: parsing "num": error */
};

static const struct {
	const char *type;
	enum error_layout layout;
} known_errors[] = {
	{ "*errors.errorString", ERROR_MESSAGE },
	{ "*fmt.wrapError", ERROR_MESSAGE },
	{ "*fmt.wrapErrors", ERROR_MESSAGE },
	{ "*errors.fundamental", ERROR_MESSAGE },
	{ "*fs.PathError", ERROR_PATH },
	{ "*os.PathError", ERROR_PATH },
	{ "*url.Error", ERROR_URL },
	{ "*strconv.NumError", ERROR_NUMBER },
};

/* Adds to the text of errors, as far as there is room. */
static void say(struct decoder *decoder, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct decoder *decoder, const char *format, ...)
{
	size_t n_room = sizeof(decoder->text) - decoder->n_text_bytes;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(decoder->text + decoder->n_text_bytes, n_room, format, args);
	va_end(args);
	if (n > 0)
		decoder->n_text_bytes += (size_t)n < n_room ? (size_t)n : n_room - 1;
}

/* One of the two strings that the data may begin with. */
static bool say_string(struct decoder *decoder, const struct dynamic *dynamic, int i)
{
	struct value string = { 0 };

	decode_string(decoder, dynamic->data_at + (uint64_t)i * 2 * WORD, dynamic->string_at[i],
		      SHAPE_STRING_BYTES, &string);
	if (string.kind != VALUE_STRING)
		return false;
	say(decoder, "%.*s%s", (int)string.n_bytes, string.bytes,
	    string.n_whole > string.n_bytes ? "…" : "");
	return true;
}

/* NULL when it cannot be told, or there are too many. */
static const struct decode_type *find_type(struct decoder *decoder, uint64_t at)
{
	uint64_t ip;

	return decode_word(decoder, at, &ip) ? described_type(decoder, ip) : NULL;
}

static bool say_error(struct decoder *decoder, const struct dynamic *dynamic,
		      const struct decode_type *type, int depth);

/* The error that another one holds, or its type. */
static void say_nested(struct decoder *decoder, const struct dynamic *outer, int depth)
{
	const struct dynamic *nested;
	const struct decode_type *type;
	size_t n_before;

	if (outer->nested == SHAPE_NONE)
		return;
	nested = &decoder->capture->shapes.dynamics[outer->nested];
	type = find_type(decoder, nested->type_at);
	if (!type)
		return;
	say(decoder, ": ");
	n_before = decoder->n_text_bytes;
	if (say_error(decoder, nested, type, depth + 1))
		return;
	decoder->n_text_bytes = n_before;
	say(decoder, "%s", type->name);
}

static bool say_known(struct decoder *decoder, const struct dynamic *dynamic,
		      enum error_layout layout, int depth)
{
	if (layout == ERROR_NUMBER)
		say(decoder, "strconv.");
	if (!say_string(decoder, dynamic, 0))
		return false;
	if (layout == ERROR_MESSAGE)
		return true;
	say(decoder, layout == ERROR_PATH ? " " : layout == ERROR_URL ? " \"" : ": parsing \"");
	if (!say_string(decoder, dynamic, 1))
		return false;
	say(decoder, layout == ERROR_PATH ? "" : "\"");
	say_nested(decoder, dynamic, depth);
	return true;
}

/* Go begins them with a small letter, if it is not of an acronym, and has none for what is no error. */
static void say_errno(struct decoder *decoder, uint64_t number)
{
	char buffer[128];
	const char *text = strerror_r((int)number, buffer, sizeof(buffer));

	if (number == 0 || number > INT_MAX || strncmp(text, "Unknown error", 13) == 0)
		say(decoder, "errno %" PRIu64, number);
	else if (*text && islower((unsigned char)text[1]))
		say(decoder, "%c%s", tolower((unsigned char)*text), text + 1);
	else
		say(decoder, "%s", text);
}

/* False when it is none of those that are known. */
static bool say_error(struct decoder *decoder, const struct dynamic *dynamic,
		      const struct decode_type *type, int depth)
{
	uint64_t number = 0;

	if (depth == MAX_NESTED)
		return false;
	if (strcmp(type->name, "syscall.Errno") == 0 &&
	    decode_word(decoder, dynamic->data_at, &number)) {
		say_errno(decoder, number);
		return true;
	}
	for (size_t i = 0; i < sizeof(known_errors) / sizeof(known_errors[0]); i++)
		if (strcmp(type->name, known_errors[i].type) == 0)
			return say_known(decoder, dynamic, known_errors[i].layout, depth);
	return false;
}

/* What is in an interface by value is behind its pointer; a pointer is the data word itself. */
static void decode_held(struct decoder *decoder, uint64_t at, const struct dynamic *dynamic,
			const struct decode_type *type, struct value *ret)
{
	struct value *held = decode_new(decoder, 1);

	if (!held)
		return;
	held->kind = VALUE_NOT_TAKEN;
	if (type->kind == GO_POINTER || type->kind == GO_UNSAFE_POINTER)
		described_decode_pointer(decoder, dynamic, type, at + WORD, held);
	else if (!type->is_direct)
		described_decode(decoder, dynamic, type, held);
	if (held->kind == VALUE_NOT_TAKEN)
		return;
	ret->children = held;
	ret->n_children = 1;
}

void dynamic_decode(struct decoder *decoder, uint64_t at, uint32_t i, struct value *ret)
{
	size_t n_before = decoder->n_text_bytes;
	const struct decode_type *type;
	const struct dynamic *dynamic;
	uint64_t word = 0;

	if (decode_state(decoder, at, WORD) != DECODE_TAKEN) {
		ret->kind = decode_state(decoder, at, WORD) == DECODE_UNREADABLE
				    ? VALUE_UNREADABLE
				    : VALUE_UNREACHABLE;
		return;
	}
	decode_word(decoder, at, &word);
	ret->kind = word == 0 ? VALUE_NIL : VALUE_NOT_TAKEN;
	if (word == 0 || i == SHAPE_NONE)
		return;
	dynamic = &decoder->capture->shapes.dynamics[i];
	type = find_type(decoder, dynamic->type_at);
	if (!type)
		return;
	ret->type = type->name;
	if (say_error(decoder, dynamic, type, 0)) {
		ret->kind = VALUE_ERROR;
		ret->bytes = decoder->text + n_before;
		ret->n_bytes = ret->n_whole = decoder->n_text_bytes - n_before;
		return;
	}
	decoder->n_text_bytes = n_before;
	ret->kind = VALUE_DYNAMIC;
	decode_held(decoder, at, dynamic, type, ret);
}
