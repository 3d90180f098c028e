/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/name.h"

#include <ctype.h>
#include <string.h>

static bool is_identifier(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

/* The length of the type arguments, with their brackets, that begin at a place in a name; else 0.
 */
static size_t type_arguments_at(const char *name, size_t at)
{
	size_t depth = 0;

	if (name[at] != '[' || at == 0 || !is_identifier(name[at - 1]))
		return 0;
	for (size_t i = at; name[i]; i++) {
		depth += name[i] == '[';
		depth -= name[i] == ']';
		if (depth == 0)
			return i + 1 - at;
	}
	return 0;
}

/* Up to the comma or bracket that ends it; brackets within belong to it. */
static size_t argument_length(const char *argument)
{
	size_t depth = 0, n;

	for (n = 0; argument[n]; n++) {
		if (depth == 0 && (argument[n] == ',' || argument[n] == ']'))
			break;
		depth += argument[n] == '[';
		depth -= argument[n] == ']';
	}
	return n;
}

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* The length of what a form leaves out or replaces at a place in a name, and what by. */
struct edit {
	size_t n_bytes;
	char by;
};

static struct edit unescape(const char *at)
{
	int byte;

	if (at[0] != '%' || !isxdigit((unsigned char)at[1]) || !isxdigit((unsigned char)at[2]))
		return (struct edit){ 0 };
	byte = hex_digit(at[1]) << 4 | hex_digit(at[2]);
	/* What could not be printed stays as it is. */
	return isprint(byte) ? (struct edit){ 3, (char)byte } : (struct edit){ 0 };
}

/* Within type arguments: what only the compiler's names have, and what a pointer leads to. */
static struct edit shape(const char *name, size_t at, bool is_inside)
{
	static const char prefix[] = "go.shape.";
	size_t n = 0;

	if (!is_inside)
		return (struct edit){ 0 };
	if (strncmp(name + at, prefix, strlen(prefix)) == 0)
		return (struct edit){ strlen(prefix), 0 };
	if (name[at] == ' ')
		return (struct edit){ 1, 0 };
	if (name[at - 1] == '*')
		n = argument_length(name + at);
	else if (name[at] == '_' && isdigit((unsigned char)name[at + 1]))
		n = 1 + strspn(name + at + 1, "0123456789");
	/* A number ends the argument; else it is part of a type's name. */
	if (n > 0 && (name[at + n] == ',' || name[at + n] == ']'))
		return (struct edit){ n, 0 };
	return (struct edit){ 0 };
}

static struct edit edit_at(enum name_form form, const char *name, size_t at, size_t arguments_end)
{
	struct edit edit = unescape(name + at);
	size_t n;

	if (edit.n_bytes || form == NAME_UNESCAPED)
		return edit;
	if (form == NAME_SHAPED)
		return shape(name, at, at < arguments_end);
	n = type_arguments_at(name, at);
	if (n > 0)
		return (struct edit){ n, 0 };
	if (form == NAME_WITHOUT_POINTER && strncmp(name + at, "(*", 2) == 0)
		return (struct edit){ 2, 0 };
	if (form == NAME_WITHOUT_POINTER && name[at] == ')')
		return (struct edit){ 1, 0 };
	return (struct edit){ 0 };
}

void name_write(enum name_form form, const char *name, char to[NAME_MAX_BYTES])
{
	/* A name with none of these is its own form; most are. */
	static const char *const edited[N_NAME_FORMS] = {
		[NAME_UNESCAPED] = "%",
		[NAME_SHAPED] = "%[",
		[NAME_WITHOUT_TYPE_ARGUMENTS] = "%[",
		[NAME_WITHOUT_POINTER] = "%[()",
	};
	size_t n = 0, arguments_end = 0;

	if (!strpbrk(name, edited[form])) {
		n = strnlen(name, NAME_MAX_BYTES - 1);
		memcpy(to, name, n);
		to[n] = 0;
		return;
	}
	for (size_t at = 0; name[at] && n < NAME_MAX_BYTES - 1;) {
		struct edit edit = edit_at(form, name, at, arguments_end);

		if (at >= arguments_end && type_arguments_at(name, at))
			arguments_end = at + type_arguments_at(name, at);
		if (!edit.n_bytes)
			to[n++] = name[at++];
		else if (edit.by)
			to[n++] = edit.by;
		at += edit.n_bytes;
	}
	to[n] = 0;
}

bool name_is_generic(const char *name)
{
	for (size_t at = 0; name[at]; at++)
		if (type_arguments_at(name, at))
			return true;
	return false;
}

bool name_has_type_arguments(const char *name)
{
	for (size_t at = 0; name[at]; at++)
		if (type_arguments_at(name, at) && strncmp(name + at, "[...]", 5) != 0)
			return true;
	return false;
}
