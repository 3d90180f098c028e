/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json_value.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/base64.h"
#include "report/json_line.h"
#include "report/utf8.h"

static json_t *flag(const char *key)
{
	return json_with(json_object(), key, json_true());
}

/* What is cut in the midst of a character loses the rest of it. */
static size_t without_half_character(const char *bytes, size_t n)
{
	for (size_t n_last = 1; n_last <= 3 && n_last <= n; n_last++) {
		unsigned char c = (unsigned char)bytes[n - n_last];
		size_t n_whole = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

		if ((c & 0xc0) != 0x80)
			return n_whole > n_last ? n - n_last : n;
	}
	return n;
}

/* As JSON, or in base 64 where it is no text; with the length of the whole where it was cut. */
static json_t *text_of(const struct value *value)
{
	bool is_cut = value->n_whole > value->n_bytes;
	size_t n = is_cut ? without_half_character(value->bytes, value->n_bytes) : value->n_bytes;
	char *copy = strndup(value->bytes, n);
	bool is_text = copy && utf8_is_valid(copy) && !memchr(value->bytes, 0, n);
	json_t *json = NULL;

	if (copy && !is_text) {
		char *coded = NULL;

		if (base64_encode(value->bytes, value->n_bytes, &coded) == 0)
			json = json_with(json_object(), "base64", json_string(coded));
		free(coded);
	} else if (copy) {
		json = is_cut ? json_with(json_object(), "text", json_string(copy))
			      : json_string(copy);
	}
	free(copy);
	return is_cut ? json_with(json, "length", json_integer((json_int_t)value->n_whole)) : json;
}

static json_t *list_of(const struct value *value)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < value->n_children; i++)
		array = json_appended(array, json_value(&value->children[i]));
	if (value->n_whole <= value->n_children)
		return array;
	return json_with(json_with(json_object(), "elements", array), "length",
			 json_integer((json_int_t)value->n_whole));
}

static json_t *struct_of(const struct value *value)
{
	json_t *object = json_object();

	for (size_t i = 0; object && i < value->n_children; i++)
		object = json_with(object, value->children[i].label,
				   json_value(&value->children[i]));
	return value->n_whole > value->n_children ? json_with(object, "…", flag("cut")) : object;
}

/* Numbers that JSON's readers would round are text. */
static json_t *number_of(uint64_t number)
{
	char text[32];

	if (number <= INT64_MAX)
		return json_integer((json_int_t)number);
	snprintf(text, sizeof(text), "%" PRIu64, number);
	return json_string(text);
}

static json_t *real_of(double real)
{
	if (isnan(real))
		return json_string("NaN");
	if (isinf(real))
		return json_string(real > 0 ? "+Inf" : "-Inf");
	return json_real(real);
}

static json_t *address_of(uint64_t address)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64, address);
	return json_string(text);
}

static json_t *dynamic_of(const struct value *value)
{
	json_t *object = json_with(json_object(), "type", json_text(value->type));

	return value->n_children ? json_with(object, "value", json_value(value->children)) : object;
}

json_t *json_value(const struct value *value)
{
	struct value_text_duration duration;
	struct value_text_time time;

	switch (value->kind) {
	case VALUE_NIL:
		return json_null();
	case VALUE_BOOL:
		return json_boolean(value->number);
	case VALUE_SIGNED:
		return json_integer((json_int_t)value->number);
	case VALUE_UNSIGNED:
		return number_of(value->number);
	case VALUE_ADDRESS:
		return address_of(value->number);
	case VALUE_REAL:
		return real_of(value->real);
	case VALUE_COMPLEX:
		return json_appended(json_appended(json_array(), real_of(value->real)),
				     real_of(value->imaginary));
	case VALUE_STRING:
	case VALUE_BYTES:
		return text_of(value);
	case VALUE_LIST:
		return list_of(value);
	case VALUE_STRUCT:
		return struct_of(value);
	case VALUE_POINTER:
		return json_value(value->children);
	case VALUE_SIZED:
		return json_with(json_with(json_object(), "type", json_text(value->type)), "length",
				 json_integer((json_int_t)value->n_whole));
	case VALUE_DURATION:
		return json_string(value_text_duration(&duration, (int64_t)value->number));
	case VALUE_TIME:
		return json_string(value_text_time(&time, (int64_t)value->number, value->ns));
	case VALUE_FUNCTION:
		return value->bytes ? json_text(value->bytes) : address_of(value->number);
	case VALUE_DYNAMIC:
		return dynamic_of(value);
	case VALUE_ERROR:
		return json_with(json_with(json_object(), "type", json_text(value->type)), "error",
				 text_of(value));
	case VALUE_UNREADABLE:
		return flag("unreadable");
	case VALUE_UNREACHABLE:
		return flag("unreachable");
	default:
		return flag("cut");
	}
}
