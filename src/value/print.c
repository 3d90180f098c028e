/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "value/value.h"

static const int64_t NS_PER_SECOND = 1000000000;

/* Without the zeros at the end of a fraction. */
static int cut_zeros(char *text, int n)
{
	while (n > 0 && text[n - 1] == '0')
		n--;
	if (n > 0 && text[n - 1] == '.')
		n--;
	text[n] = 0;
	return n;
}

static void print_short(char *to, size_t n_room, uint64_t ns)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = { { 1000000, "ms" }, { 1000, "µs" }, { 1, "ns" } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		int n;

		if (ns < units[i].ns)
			continue;
		n = snprintf(to, n_room, "%" PRIu64 ".%06" PRIu64, ns / units[i].ns,
			     ns % units[i].ns * (1000000 / units[i].ns));
		n = cut_zeros(to, n);
		snprintf(to + n, n_room - (size_t)n, "%s", units[i].name);
		return;
	}
}

const char *value_text_duration(struct value_text_duration *buffer, int64_t ns)
{
	uint64_t magnitude = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	uint64_t seconds = magnitude / (uint64_t)NS_PER_SECOND;
	char *to = buffer->text, *end = buffer->text + sizeof(buffer->text);

	if (ns < 0)
		*to++ = '-';
	if (ns == 0) {
		strcpy(to, "0s");
		return buffer->text;
	}
	if (seconds == 0) {
		print_short(to, (size_t)(end - to), magnitude);
		return buffer->text;
	}
	if (seconds >= 3600)
		to += snprintf(to, (size_t)(end - to), "%" PRIu64 "h", seconds / 3600);
	if (seconds >= 60)
		to += snprintf(to, (size_t)(end - to), "%" PRIu64 "m", seconds / 60 % 60);
	to += cut_zeros(to, snprintf(to, (size_t)(end - to), "%" PRIu64 ".%09" PRIu64, seconds % 60,
				     magnitude % (uint64_t)NS_PER_SECOND));
	snprintf(to, (size_t)(end - to), "s");
	return buffer->text;
}

const char *value_text_time(struct value_text_time *buffer, int64_t seconds, uint32_t ns)
{
	time_t moment = seconds;
	struct tm utc;
	int n;

	if (!gmtime_r(&moment, &utc)) {
		snprintf(buffer->text, sizeof(buffer->text), "%" PRId64 "s", seconds);
		return buffer->text;
	}
	/* strftime would leave out the zeros of the year 0812. */
	n = snprintf(buffer->text, sizeof(buffer->text), "%04ld-%02d-%02dT%02d:%02d:%02d",
		     utc.tm_year + 1900L, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
		     utc.tm_sec);
	if (ns > 0)
		n += cut_zeros(buffer->text + n,
			       snprintf(buffer->text + n, sizeof(buffer->text) - (size_t)n, ".%09u",
					ns % (uint32_t)NS_PER_SECOND));
	snprintf(buffer->text + n, sizeof(buffer->text) - (size_t)n, "Z");
	return buffer->text;
}

/* How many bytes a character of UTF-8 has at the start of these, as RFC 3629 has it; 0: there is none. */
static size_t character_bytes(const unsigned char *bytes, size_t n)
{
	size_t n_bytes = bytes[0] < 0x80   ? 1
			 : bytes[0] < 0xc2 ? 0
			 : bytes[0] < 0xe0 ? 2
			 : bytes[0] < 0xf0 ? 3
			 : bytes[0] < 0xf5 ? 4
					   : 0;

	if (n_bytes == 0 || n_bytes > n)
		return 0;
	for (size_t i = 1; i < n_bytes; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	/* Written longer than it is, a surrogate, or beyond U+10FFFF. */
	if ((bytes[0] == 0xe0 && bytes[1] < 0xa0) || (bytes[0] == 0xed && bytes[1] >= 0xa0) ||
	    (bytes[0] == 0xf0 && bytes[1] < 0x90) || (bytes[0] == 0xf4 && bytes[1] >= 0x90))
		return 0;
	/* Those from U+0080 to U+009F control terminals. */
	return n_bytes == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0 ? 0 : n_bytes;
}

static void print_quoted(FILE *to, const char *text, size_t n)
{
	static const char named[] = "\n\r\t\\\"", names[] = "nrt\\\"";
	const unsigned char *bytes = (const unsigned char *)text;

	fputc('"', to);
	while (n > 0) {
		size_t n_character = character_bytes(bytes, n);
		const char *found = *bytes ? strchr(named, *bytes) : NULL;

		if (found)
			fprintf(to, "\\%c", names[found - named]);
		else if (n_character > 1 || (n_character == 1 && isprint(*bytes)))
			fwrite(bytes, 1, n_character, to);
		else
			fprintf(to, "\\x%02x", *bytes);
		n_character = n_character ? n_character : 1;
		bytes += n_character;
		n -= n_character;
	}
	fputc('"', to);
}

/* A string that was not taken whole says how long it is. */
static void print_string(FILE *to, const struct value *value)
{
	print_quoted(to, value->bytes, value->n_bytes);
	if (value->n_whole > value->n_bytes)
		fprintf(to, "…(%" PRIu64 " bytes)", value->n_whole);
}

static void print_list(FILE *to, const struct value *value)
{
	fputc('[', to);
	for (size_t i = 0; i < value->n_children; i++) {
		fputs(i ? " " : "", to);
		value_print(to, &value->children[i]);
	}
	if (value->n_whole > value->n_children)
		fprintf(to, "%s…](len %" PRIu64 ")", value->n_children ? " " : "", value->n_whole);
	else
		fputc(']', to);
}

static void print_struct(FILE *to, const struct value *value)
{
	fputc('{', to);
	for (size_t i = 0; i < value->n_children; i++) {
		fprintf(to, "%s%s:", i ? " " : "", value->children[i].label);
		value_print(to, &value->children[i]);
	}
	if (value->n_whole > value->n_children)
		fputs(" …", to);
	fputc('}', to);
}

/* As short as tells the number from all others of its size; as in Go where it is none. */
static void print_real(FILE *to, double real, bool is_single, const char *plus)
{
	char text[40];

	if (isnan(real)) {
		fprintf(to, "%sNaN", plus);
		return;
	}
	if (isinf(real)) {
		fputs(real < 0 ? "-Inf" : "+Inf", to);
		return;
	}
	for (int digits = is_single ? 6 : 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, real);
		if (is_single ? strtof(text, NULL) == (float)real : strtod(text, NULL) == real)
			break;
	}
	fprintf(to, "%s%s", signbit(real) ? "" : plus, text);
}

static void print_dynamic(FILE *to, const struct value *value)
{
	const struct value *child = value->children;

	/* What everybody knows by its looks needs no type. */
	if (value->n_children && (!strcmp(value->type, "string") || !strcmp(value->type, "int") ||
				  !strcmp(value->type, "bool"))) {
		value_print(to, child);
		return;
	}
	/* As Go writes what makes one. */
	if (value->n_children && child->kind == VALUE_POINTER &&
	    child->children->kind == VALUE_STRUCT && value->type[0] == '*') {
		fprintf(to, "&%s", value->type + 1);
		value_print(to, child->children);
		return;
	}
	fputs(value->type, to);
	if (!value->n_children)
		return;
	if (child->kind == VALUE_STRUCT) {
		value_print(to, child);
		return;
	}
	fputc('(', to);
	value_print(to, child);
	fputc(')', to);
}

static void print_error(FILE *to, const struct value *value)
{
	print_string(to, value);
	fprintf(to, " (%s)", value->type);
}

static void print_function(FILE *to, const struct value *value)
{
	if (value->bytes)
		fwrite(value->bytes, 1, value->n_bytes, to);
	else
		fprintf(to, "func at 0x%" PRIx64, value->number);
}

static void print_nil(FILE *to, const struct value *value __attribute__((unused)))
{
	fputs("nil", to);
}

static void print_bool(FILE *to, const struct value *value)
{
	fputs(value->number ? "true" : "false", to);
}

static void print_signed(FILE *to, const struct value *value)
{
	fprintf(to, "%" PRId64, (int64_t)value->number);
}

static void print_unsigned(FILE *to, const struct value *value)
{
	fprintf(to, "%" PRIu64, value->number);
}

static void print_address(FILE *to, const struct value *value)
{
	fprintf(to, "0x%" PRIx64, value->number);
}

static void print_number(FILE *to, const struct value *value)
{
	print_real(to, value->real, value->n_whole == sizeof(float), "");
}

static void print_complex(FILE *to, const struct value *value)
{
	bool is_single = value->n_whole == 2 * sizeof(float);

	fputc('(', to);
	print_real(to, value->real, is_single, "");
	print_real(to, value->imaginary, is_single, "+");
	fputs("i)", to);
}

static void print_pointer(FILE *to, const struct value *value)
{
	fputc('&', to);
	value_print(to, value->children);
}

static void print_sized(FILE *to, const struct value *value)
{
	fprintf(to, "%s(len %" PRIu64 ")", value->type, value->n_whole);
}

static void print_duration(FILE *to, const struct value *value)
{
	struct value_text_duration text;

	fputs(value_text_duration(&text, (int64_t)value->number), to);
}

static void print_time(FILE *to, const struct value *value)
{
	struct value_text_time text;

	fputs(value_text_time(&text, (int64_t)value->number, value->ns), to);
}

static void print_unreadable(FILE *to, const struct value *value __attribute__((unused)))
{
	fputs("<unreadable>", to);
}

static void print_unreachable(FILE *to, const struct value *value __attribute__((unused)))
{
	fputs("<not reachable>", to);
}

static void print_not_taken(FILE *to, const struct value *value __attribute__((unused)))
{
	fputs("…", to);
}

void value_print(FILE *to, const struct value *value)
{
	static void (*const print[])(FILE *, const struct value *) = {
		[VALUE_NIL] = print_nil,
		[VALUE_BOOL] = print_bool,
		[VALUE_SIGNED] = print_signed,
		[VALUE_UNSIGNED] = print_unsigned,
		[VALUE_ADDRESS] = print_address,
		[VALUE_REAL] = print_number,
		[VALUE_COMPLEX] = print_complex,
		[VALUE_STRING] = print_string,
		[VALUE_BYTES] = print_string,
		[VALUE_LIST] = print_list,
		[VALUE_STRUCT] = print_struct,
		[VALUE_POINTER] = print_pointer,
		[VALUE_SIZED] = print_sized,
		[VALUE_DURATION] = print_duration,
		[VALUE_TIME] = print_time,
		[VALUE_FUNCTION] = print_function,
		[VALUE_DYNAMIC] = print_dynamic,
		[VALUE_ERROR] = print_error,
		[VALUE_UNREADABLE] = print_unreadable,
		[VALUE_UNREACHABLE] = print_unreachable,
		[VALUE_NOT_TAKEN] = print_not_taken,
	};

	print[value->kind](to, value);
}
