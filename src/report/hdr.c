/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/hdr.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "report/base64.h"

/*
 * HdrHistogram's buckets
 * ======================
 *
 * They are of the same shape as ours: each power of two is divided into equal parts, as many as a
 * number of significant decimal digits needs. With two digits that is 128 parts, four to each of
 * our buckets, and 256 values with buckets of their own. A value is then at most 0.8 % off, which
 * adds little to our own 1.6 %. A third digit would say no more, and would take eight times the
 * memory in whatever reads the log: it keeps an array of all buckets for each histogram.
 *
 * That array ends at the highest value that can be counted, and a reader that adds up the
 * histograms of a log may fail at one that goes beyond the first. So this is the end of our own
 * buckets wherever that suffices, and not the maximum of the histogram.
 *
 *	message		cookie, number of the bytes that follow, zlib stream of the histogram
 *	histogram	header, counts of the buckets up to the last one that is not empty
 *	count		n: n values in the next bucket; -n: the next n buckets are empty
 *
 * A count is a ZigZag number of one to nine bytes: seven bits a byte, the lowest ones first, with
 * the eighth bit set in all but the last. Of a ninth byte all eight bits count. All else is
 * big-endian.
 */
enum {
	SIGNIFICANT_DIGITS = 2,
	PARTS_BITS = 7, /* 2^7 parts are the least with 2 * 10^2 values that are told apart */
	VALUE_BITS = 63,
	N_HDR_BUCKETS = (VALUE_BITS - PARTS_BITS + 1) << PARTS_BITS,
	MAX_COUNT_BYTES = 9,
};

static const uint32_t histogram_cookie = 0x1c849313, compressed_cookie = 0x1c849314;
static const uint64_t highest_value = INT64_MAX, one_as_double = 0x3ff0000000000000;

struct header {
	uint32_t cookie;
	uint32_t n_counts_bytes;
	uint32_t normalizing_offset;
	uint32_t significant_digits;
	uint64_t lowest_discernible;
	uint64_t highest_trackable;
	uint64_t double_ratio; /* a double: what a value of 1 stands for */
};
_Static_assert(sizeof(struct header) == 40, "without gaps");

struct message {
	uint32_t cookie;
	uint32_t n_bytes;
	uint8_t bytes[];
};

struct encoding {
	uint64_t n_values[N_HDR_BUCKETS];
	struct {
		struct header header;
		uint8_t counts[MAX_COUNT_BYTES * N_HDR_BUCKETS];
	} plain;
};

static uint64_t trackable(uint64_t value)
{
	return value < highest_value ? value : highest_value;
}

static uint32_t hdr_bucket_of(uint64_t value)
{
	uint32_t shift = 0;

	value = trackable(value);
	if (value >> (PARTS_BITS + 1))
		shift = highest_bit(value) - PARTS_BITS;
	return (shift << PARTS_BITS) + (value >> shift);
}

static void spread(const struct histogram *durations, uint64_t *n_values)
{
	for (uint32_t i = 0; i < N_BUCKETS; i++) {
		uint64_t n = durations->counts[i];

		if (n > 0 && i == bucket_of(durations->min_ns)) {
			n_values[hdr_bucket_of(durations->min_ns)]++;
			n--;
		}
		if (n > 0 && i == bucket_of(durations->max_ns)) {
			n_values[hdr_bucket_of(durations->max_ns)]++;
			n--;
		}
		if (n > 0)
			n_values[hdr_bucket_of(histogram_middle(durations, i))] += n;
	}
}

static uint8_t *put_count(uint8_t *at, int64_t count)
{
	uint64_t rest = count < 0 ? ((uint64_t)-count << 1) - 1 : (uint64_t)count << 1;

	for (int i = 1; i < MAX_COUNT_BYTES && rest >> 7; i++) {
		*at++ = rest | 0x80;
		rest >>= 7;
	}
	*at++ = rest;
	return at;
}

/* One count at least: an empty histogram says that its first bucket is. Returns their end. */
static uint8_t *put_counts(uint8_t *at, const uint64_t *n_values)
{
	uint32_t n_used = N_HDR_BUCKETS, n_empty = 0;

	while (n_used > 1 && n_values[n_used - 1] == 0)
		n_used--;
	for (uint32_t i = 0; i < n_used; i++) {
		if (n_values[i] == 0 && i + 1 < n_used) {
			n_empty++;
			continue;
		}
		if (n_empty > 0)
			at = put_count(at, -(int64_t)n_empty);
		n_empty = 0;
		at = put_count(at, (int64_t)n_values[i]);
	}
	return at;
}

/* Returns the number of bytes of header and counts. */
static size_t fill(struct encoding *encoding, const struct histogram *durations)
{
	const uint64_t usual_highest = bucket_high(N_BUCKETS - 1);
	const uint64_t highest =
		durations->max_ns < usual_highest ? usual_highest : trackable(durations->max_ns);
	size_t n_bytes;

	memset(encoding->n_values, 0, sizeof(encoding->n_values));
	spread(durations, encoding->n_values);
	n_bytes = put_counts(encoding->plain.counts, encoding->n_values) - encoding->plain.counts;
	encoding->plain.header = (struct header){
		.cookie = htobe32(histogram_cookie),
		.n_counts_bytes = htobe32(n_bytes),
		.significant_digits = htobe32(SIGNIFICANT_DIGITS),
		.lowest_discernible = htobe64(1),
		.highest_trackable = htobe64(highest),
		.double_ratio = htobe64(one_as_double),
	};
	return sizeof(encoding->plain.header) + n_bytes;
}

static int compressed(const void *bytes, size_t n_bytes, char **ret)
{
	uLongf n_compressed = compressBound(n_bytes);
	struct message *message = malloc(sizeof(*message) + n_compressed);
	int err = -ENOMEM;

	/* Into as much as compressBound asks for, compress fails for want of memory alone. */
	if (message && compress(message->bytes, &n_compressed, bytes, n_bytes) == Z_OK) {
		message->cookie = htobe32(compressed_cookie);
		message->n_bytes = htobe32(n_compressed);
		err = base64_encode(message, sizeof(*message) + n_compressed, ret);
	}
	free(message);
	return err;
}

int hdr_encode(const struct histogram *durations, char **ret)
{
	struct encoding *encoding = malloc(sizeof(*encoding));
	int err = -ENOMEM;

	if (encoding)
		err = compressed(&encoding->plain, fill(encoding, durations), ret);
	free(encoding);
	return err;
}
