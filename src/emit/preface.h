/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_EMIT_PREFACE_H
#define GOTRACED_EMIT_PREFACE_H

#include "emit/script.h"

/*
 * Prints what a script begins with: a first line by which it can be run, and comments that say what
 * it is of, how to run it, what it prints or where to get what the user is after, and what it cannot
 * do.
 */
void preface_print(FILE *to, const struct script *script);

#endif
