/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_DECODE_H
#define GOTRACED_VALUE_DECODE_H

#include "gotraced/record.h"
#include "value/capture.h"
#include "value/value.h"

/* A type that an interface holds, as the program's own description of it says. */
enum { DECODE_MAX_FIELDS = 16 };

struct decode_field {
	char name[64]; /* cut to fit */
	uint64_t type_ip;
	uint64_t off;
};

struct decode_type {
	uint64_t ip; /* of the description; filled in by who asks */
	char name[256];
	enum go_kind kind;
	uint64_t n_bytes;
	bool is_direct; /* an interface's second word is the value itself, not its address */
	uint64_t element_ip; /* of the type that a pointer points to; 0: not known */
	uint64_t n_fields; /* of a struct */
	struct decode_field fields[DECODE_MAX_FIELDS];
	size_t n_known_fields; /* the first ones */
};

/* What decoding asks of the program; addresses are those in the process. NULL: it cannot be asked. */
struct decode_program {
	void *context;
	bool (*type)(void *context, uint64_t ip, struct decode_type *ret);
	const char *(*function)(void *context, uint64_t ip); /* its name; NULL: unknown */
};

/* From the capture of a call to values. Large: not for the stack. */
enum {
	DECODE_MAX_VALUES = 2048,
	DECODE_MAX_TYPES = 64,
	DECODE_TEXT_BYTES = 4096,
};

struct decoder {
	const struct go_types *types;
	const struct capture *capture;
	const struct decode_program *program;
	const uint8_t *bytes; /* of the call's record */
	size_t n_bytes;
	bool has_returned;
	/* By a byte of the capture: was it to be taken, and was it? */
	bool is_wanted[FETCH_MAX_BYTES], is_taken[FETCH_MAX_BYTES];
	struct value values[DECODE_MAX_VALUES];
	size_t n_values;
	struct decode_type dynamic_types[DECODE_MAX_TYPES];
	size_t n_types;
	char text[DECODE_TEXT_BYTES]; /* of errors */
	size_t n_text_bytes;
};

/* Begins with a call: values behind the detail are what the capture's program has taken. */
void decoder_begin(struct decoder *decoder, const struct go_types *types,
		   const struct capture *capture, const struct decode_program *program,
		   const struct call_detail *detail);

/* One of the capture's values; it lives until the next decoder_begin. */
const struct value *decoder_value(struct decoder *decoder, const struct captured *captured);

/* Is it one that the call has, given how it ended? One that was unwound has no results. */
bool decoder_has(const struct decoder *decoder, const struct captured *captured);

#endif
