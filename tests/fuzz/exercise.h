/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_EXERCISE_H
#define GOTRACED_TESTS_EXERCISE_H

#include "go/binary.h"
#include "plan/match.h"

/*
 * Uses a program as gotraced does, and aborts when what comes of it is not sound: above all when a
 * place to probe lies outside of the function that it is for, or of the executable segments.
 */

/* Plans probes for the chosen functions; how many sites that made. */
size_t exercise_plan(const struct go_binary *binary, const struct match *match);

/* The same, for all functions. */
size_t exercise_plan_of_all(const struct go_binary *binary);

/* Reads the calls that were inlined; how many there are. */
size_t exercise_inlined(const struct go_binary *binary);

/* Finds the source frames of addresses in each share-th function; how many there are. */
size_t exercise_frames(const struct go_binary *binary, size_t share);

/* Reads what n_samples places among the types have; how many of them are types. */
size_t exercise_types(const struct go_binary *binary, size_t n_samples);

#endif
