/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_FETCHED_H
#define GOTRACED_TESTS_FETCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gotraced/record.h"

/*
 * Runs fetch programs by the very routine that the kernel runs, bpf/fetch.bpf.h, on registers and memory
 * that a test makes up. The capture is one that is used again, as in the kernel: what a call before has
 * left in it is still there.
 */

/* By DWARF's numbers, as each part begins. */
extern uint64_t fetched_at_entry[16], fetched_at_return[16];

/* All memory and all registers are forgotten, and the capture is new. */
void fetched_init(void);

/* What the process has at an address; it stays the caller's. Between two such places nothing is. */
void fetched_put(uint64_t address, const void *bytes, size_t n_bytes);

/* A call: what is behind it is what was taken. NULL when a condition left it out. */
const struct call_detail *fetched_call(const struct fetch_program *program);

/* The same, but that it is unwound. */
const struct call_detail *fetched_unwound_call(const struct fetch_program *program);

/* Every byte of the capture is set to this, as if by calls before. */
void fetched_soil(uint8_t byte);

#endif
