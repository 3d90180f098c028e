/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_UTF8_H
#define GOTRACED_REPORT_UTF8_H

#include <stdbool.h>

/* Names and paths are UTF-8, but nobody enforces it; what reads reports does. */

/* As RFC 3629 has it: nothing overlong, no surrogates, nothing above U+10FFFF. */
bool utf8_is_valid(const char *text);

/*
 * The text; in one that is not valid, what is not ASCII becomes a question mark. For the caller to
 * free; NULL without memory.
 */
char *utf8_mended(const char *text);

#endif
