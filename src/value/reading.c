/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value/reading.h"

#include <string.h>

enum { WORD = 8 };

/*
 * Which bytes a step was to bring, and whether it did. Where the word that it builds on was not brought,
 * a call before may have left one: what is read by that is not of this call.
 */
static void note_step(struct decoder *decoder, const struct fetch_step *step, bool has_failed)
{
	uint64_t n = step->n_bytes, count = 0;

	if (step->kind != FETCH_REGISTER && step->base_at != FETCH_NOWHERE) {
		enum decode_state base = decode_state(decoder, step->base_at, WORD);

		if (base == DECODE_UNREACHABLE)
			return;
		has_failed |= base == DECODE_UNREADABLE;
	}
	if (step->kind == FETCH_ELEMENTS) {
		if (!decode_word(decoder, step->count_at, &count))
			return;
		n *= count < step->max_count ? count : step->max_count;
	}
	for (uint64_t at = step->to; at < step->to + n && at < decoder->n_bytes; at++) {
		decoder->is_wanted[at] = true;
		decoder->is_taken[at] = !has_failed;
	}
}

static void note_steps(struct decoder *decoder, const struct fetch_part *part,
		       const __u64 *failed_steps)
{
	const struct fetch_program *program = &decoder->capture->program;

	for (unsigned int i = part->first_step; i < part->first_step + part->n_steps; i++)
		note_step(decoder, &program->steps[i], failed_steps[i / 64] >> i % 64 & 1);
}

void decoder_begin(struct decoder *decoder, const struct go_types *types,
		   const struct capture *capture, const struct decode_program *program,
		   const struct call_detail *detail)
{
	decoder->types = types;
	decoder->capture = capture;
	decoder->program = program;
	decoder->bytes = (const uint8_t *)(detail + 1);
	decoder->n_bytes = detail->n_bytes < FETCH_MAX_BYTES ? detail->n_bytes : FETCH_MAX_BYTES;
	decoder->n_values = decoder->n_types = decoder->n_text_bytes = 0;
	memset(decoder->is_wanted, 0, decoder->n_bytes);
	memset(decoder->is_taken, 0, decoder->n_bytes);
	note_steps(decoder, &capture->program.at_entry, detail->failed_steps);
	decoder->has_returned = detail->end == END_RETURNED;
	if (decoder->has_returned)
		note_steps(decoder, &capture->program.at_return, detail->failed_steps);
}

enum decode_state decode_state(const struct decoder *decoder, uint64_t at, uint64_t n_bytes)
{
	bool is_wanted = true;

	for (uint64_t i = at; i < at + n_bytes; i++) {
		if (i >= decoder->n_bytes)
			return DECODE_UNREACHABLE;
		if (decoder->is_wanted[i] && !decoder->is_taken[i])
			return DECODE_UNREADABLE;
		is_wanted = is_wanted && decoder->is_wanted[i];
	}
	return is_wanted ? DECODE_TAKEN : DECODE_UNREACHABLE;
}

bool decode_is_unreadable(const struct decoder *decoder, uint64_t at, uint64_t n_bytes)
{
	bool is_wanted = false;

	for (uint64_t i = at; i < at + n_bytes && i < decoder->n_bytes; i++) {
		if (decoder->is_taken[i])
			return false;
		is_wanted = is_wanted || decoder->is_wanted[i];
	}
	return is_wanted;
}

bool decode_word(const struct decoder *decoder, uint64_t at, uint64_t *ret)
{
	if (decode_state(decoder, at, WORD) != DECODE_TAKEN)
		return false;
	memcpy(ret, decoder->bytes + at, WORD);
	return true;
}

struct value *decode_new(struct decoder *decoder, size_t n)
{
	struct value *values = &decoder->values[decoder->n_values];

	if (n > DECODE_MAX_VALUES - decoder->n_values)
		return NULL;
	decoder->n_values += n;
	memset(values, 0, n * sizeof(*values));
	return values;
}

/* Fills in a value that is not there. */
bool decode_is_missing(const struct decoder *decoder, uint64_t at, uint64_t n_bytes,
		       struct value *ret)
{
	enum decode_state state = decode_state(decoder, at, n_bytes);

	ret->kind = state == DECODE_UNREADABLE ? VALUE_UNREADABLE : VALUE_UNREACHABLE;
	return state != DECODE_TAKEN;
}

static uint64_t number_at(const struct decoder *decoder, uint64_t at, uint64_t n_bytes,
			  bool is_signed)
{
	uint64_t number = 0;
	unsigned int n_unused = (unsigned int)(64 - 8 * n_bytes);

	memcpy(&number, decoder->bytes + at, n_bytes);
	number <<= n_unused;
	return is_signed ? (uint64_t)((int64_t)number >> n_unused) : number >> n_unused;
}

static double real_at(const struct decoder *decoder, uint64_t at, uint64_t n_bytes)
{
	double real;
	float single;

	if (n_bytes == sizeof(single)) {
		memcpy(&single, decoder->bytes + at, sizeof(single));
		return single;
	}
	memcpy(&real, decoder->bytes + at, sizeof(real));
	return real;
}

/* Sizes may be those that a program says of its types. */
static bool has_size_of_number(enum go_kind kind, uint64_t n_bytes)
{
	switch (kind) {
	case GO_FLOAT32:
	case GO_FLOAT64:
		return n_bytes == sizeof(float) || n_bytes == sizeof(double);
	case GO_COMPLEX64:
	case GO_COMPLEX128:
		return n_bytes == 2 * sizeof(float) || n_bytes == 2 * sizeof(double);
	default:
		return kind >= GO_BOOL && kind <= GO_UINTPTR && n_bytes > 0 && n_bytes <= WORD;
	}
}

bool decode_number(const struct decoder *decoder, enum go_kind kind, const char *name, uint64_t at,
		   uint64_t n_bytes, struct value *ret)
{
	bool is_signed = kind >= GO_INT && kind <= GO_INT64;

	if (!has_size_of_number(kind, n_bytes))
		return false;
	if (decode_is_missing(decoder, at, n_bytes, ret))
		return true;
	ret->n_whole = n_bytes;
	if (kind == GO_COMPLEX64 || kind == GO_COMPLEX128) {
		ret->kind = VALUE_COMPLEX;
		ret->real = real_at(decoder, at, n_bytes / 2);
		ret->imaginary = real_at(decoder, at + n_bytes / 2, n_bytes / 2);
		return true;
	}
	if (kind == GO_FLOAT32 || kind == GO_FLOAT64) {
		ret->kind = VALUE_REAL;
		ret->real = real_at(decoder, at, n_bytes);
		return true;
	}
	ret->number = number_at(decoder, at, n_bytes, is_signed);
	ret->kind = kind == GO_BOOL	 ? VALUE_BOOL
		    : kind == GO_UINTPTR ? VALUE_ADDRESS
		    : is_signed		 ? VALUE_SIGNED
					 : VALUE_UNSIGNED;
	if (strcmp(name, "time.Duration") == 0 && is_signed)
		ret->kind = VALUE_DURATION;
	return true;
}

void decode_string(const struct decoder *decoder, uint64_t at, uint64_t content_at, uint64_t room,
		   struct value *ret)
{
	uint64_t n_whole = 0;

	if (decode_is_missing(decoder, at + WORD, WORD, ret))
		return;
	decode_word(decoder, at + WORD, &n_whole);
	if (n_whole == 0) {
		ret->kind = VALUE_STRING;
		ret->bytes = "";
		return;
	}
	ret->n_bytes = n_whole < room ? n_whole : room;
	if (n_whole >> 63 || content_at == FETCH_NOWHERE) {
		ret->kind = n_whole >> 63 ? VALUE_UNREADABLE : VALUE_NOT_TAKEN;
		return;
	}
	if (decode_is_missing(decoder, content_at, ret->n_bytes, ret))
		return;
	ret->kind = VALUE_STRING;
	ret->bytes = (const char *)decoder->bytes + content_at;
	ret->n_whole = n_whole;
}

/* Go: time/time.go. With its highest bit set, wall holds the seconds since 1885. */
bool decode_time(const struct decoder *decoder, const char *name, uint64_t at, uint64_t n_bytes,
		 struct value *ret)
{
	const int64_t unix_of_year_1 = -62135596800, unix_of_1885 = -2682288000;
	uint64_t wall = 0, ext = 0;

	if (strcmp(name, "time.Time") != 0 || n_bytes != 3 * WORD)
		return false;
	if (decode_is_missing(decoder, at, 2 * WORD, ret))
		return true;
	decode_word(decoder, at, &wall);
	decode_word(decoder, at + WORD, &ext);
	ret->kind = VALUE_TIME;
	ret->ns = wall & ((1 << 30) - 1);
	ret->number = wall >> 63 ? (uint64_t)unix_of_1885 + (wall << 1 >> 31)
				 : (uint64_t)unix_of_year_1 + ext;
	return true;
}

bool decoder_has(const struct decoder *decoder, const struct captured *captured)
{
	return decoder->has_returned || !captured->is_at_return;
}
