/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_WISHED_H
#define GOTRACED_TESTS_WISHED_H

#include "fetched.h"
#include "typed.h"
#include "value/decode.h"

/*
 * The way of values as a whole, for the function that was described last (typed.h): what a user wishes
 * to see is compiled, fetched from made-up memory (fetched.h), decoded and printed.
 */
extern struct capture wished;
extern struct reason wished_why;
extern uint32_t wished_max_bytes;
extern const struct decode_program *wished_program; /* what decoding may ask; NULL at first */

void wished_init(void);
void wished_fini(void);

/*
 * Compiles expressions with commas between them, and conditions with && between them. NULL: none, but
 * WISHED_ALL for all parameters and results. What comes of it must be sound (objection.h).
 */
#define WISHED_ALL "*"
int wished_try(const char *shown, const char *conditions);
void wish(const char *shown, const char *conditions);

/* Values as a call has them: "n=1, s=\"a\"", until the next call. */
const char *wished_values(const struct call_detail *detail);

/* The one value that was wished for, without its name. */
const char *wished_value(const struct call_detail *detail);

/* Wishes for one expression, and compares what a call has. */
void assert_shows(const char *expression, const char *expected);

/* The reason is as said, in which the caret stands below the place in the text. */
void assert_wish_refused(const char *shown, const char *conditions, const char *said);

/* By DWARF's numbers. */
enum { RAX, RDX, RCX, RBX, RSI, RDI, RBP, RSP, R8, R9, R10, R11 };

#endif
