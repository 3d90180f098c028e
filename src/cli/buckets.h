/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_CLI_BUCKETS_H
#define GOTRACED_CLI_BUCKETS_H

#include "cli/options.h"

/*
 * Reads a list of times, each more than the one before: 1ms,10ms,100ms,1s. 0, -EINVAL or -ENOMEM,
 * with the reason. ret->ns is the caller's to free.
 */
int buckets_parse(const char *text, struct options_buckets *ret, struct reason *why);

/*
 * Powers of two from 1 µs to 64 s, nearly: 2^10 ns to 2^36 ns, so that no bucket in which durations
 * are counted (gotraced/bucket.h) lies on both sides of one. 0 or -ENOMEM.
 */
int buckets_default(struct options_buckets *ret);

#endif
