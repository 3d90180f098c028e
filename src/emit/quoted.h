/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_EMIT_QUOTED_H
#define GOTRACED_EMIT_QUOTED_H

#include <stdio.h>

/*
 * Texts of others in a script: what a program's file says of itself may be anything.
 */
enum { QUOTED_MAX_BYTES = 1024 };

/*
 * The text with a question mark for each byte of what a terminal or an editor acts on rather than
 * shows, line ends first of all, and in one that is not UTF-8 of what is not ASCII. Longer ones are
 * cut between characters.
 */
void quoted_clean(const char *text, char to[QUOTED_MAX_BYTES]);

/* Prints that, for a comment that goes to the end of the line. */
void quoted_print(FILE *to, const char *text);

/* Prints the text as a string literal, byte by byte: it must be clean. */
void quoted_print_literal(FILE *to, const char *text);

#endif
