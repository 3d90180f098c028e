/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_TYPED_H
#define GOTRACED_TESTS_TYPED_H

#include "value/resolve.h"

/*
 * Types and signatures as a program's DWARF would tell them, from how Go writes them. Wherever a type is
 * wanted, it is one of these:
 *
 *	int  error  main.point		that go/type.h knows, or that was defined before
 *	*T  []T  [3]T  map[K]V  chan T  func()  complex64  complex128
 *	struct{a int8; b *int; main.embedded}
 *	interface{Read}			of which methods there are does not matter, but that there are some
 *	*?  []?				which leads to a type that is not known
 */
extern struct go_signatures typed;

void typed_init(void);
void typed_fini(void);

uint32_t typed_as(const char *text);

/* Gives a type a name by which others, and it itself, may refer to it. */
uint32_t typed_define(const char *name, const char *text);

/* One that Go has no notation for. */
uint32_t typed_add(struct go_type type);

/* A function such as "(a int, _ string) (n int, err error)"; results may have no names. */
const struct go_signature *typed_function(const char *text);

/* What DWARF says of where a variable is. */
void typed_say(const char *variable, bool is_listed, size_t n_pieces,
	       const struct go_piece *pieces);
#define TYPED_LIST(variable, ...)                                                                  \
	typed_say(variable, true,                                                                  \
		  sizeof((struct go_piece[]){ __VA_ARGS__ }) / sizeof(struct go_piece),            \
		  (struct go_piece[]){ __VA_ARGS__ })

/* Pieces, a word each: in a register by its number, on the stack from the canonical frame address. */
#define TYPED_IN(register)                                                                         \
	{                                                                                          \
		.place = GO_PIECE_REGISTER, .number = (register), .n_bytes = 8                     \
	}
#define TYPED_ON_STACK(bytes_off)                                                                  \
	{                                                                                          \
		.place = GO_PIECE_STACK, .off = (bytes_off), .n_bytes = 8                          \
	}
#define TYPED_NOWHERE                                                                              \
	{                                                                                          \
		.place = GO_PIECE_NOWHERE, .n_bytes = 8                                            \
	}

/* The function that was described last, called main.f, with its values where Go's ABI puts them. */
const struct callee *typed_callee(void);

/* That of a function of which DWARF knows nothing. */
const struct callee *typed_callee_unknown(void);

#endif
