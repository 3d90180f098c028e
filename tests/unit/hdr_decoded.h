/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TESTS_HDR_DECODED_H
#define GOTRACED_TESTS_HDR_DECODED_H

#include <stddef.h>
#include <stdint.h>

/*
 * A histogram of HdrHistogram's with two significant digits, read back from its encoding. The
 * values of a bucket are low to high.
 */
enum { MAX_HDR_BUCKETS = 7296 };

struct hdr_decoded {
	uint64_t highest_trackable;
	size_t n_bytes; /* of the counts */
	size_t n_buckets; /* that the counts cover */
	struct hdr_bucket {
		uint64_t low, high, n;
	} buckets[MAX_HDR_BUCKETS];
};

/* Fails the test where the text is not a whole, valid encoding; it ends at a line's end. */
void hdr_decode(const char *text, struct hdr_decoded *ret);

uint64_t hdr_decoded_n(const struct hdr_decoded *decoded);

/* The bucket of a value. */
const struct hdr_bucket *hdr_decoded_bucket(const struct hdr_decoded *decoded, uint64_t value);

/* The first and the last one that is not empty; NULL when all are. */
const struct hdr_bucket *hdr_decoded_first(const struct hdr_decoded *decoded);
const struct hdr_bucket *hdr_decoded_last(const struct hdr_decoded *decoded);

#endif
