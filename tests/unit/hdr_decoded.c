/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hdr_decoded.h"

#include <criterion/criterion.h>
#include <string.h>
#include <zlib.h>

enum { MAX_BYTES = 1 << 17, PARTS = 128 };

struct bytes {
	uint8_t at[MAX_BYTES];
	size_t n, next;
};

static uint64_t digit_value(char digit)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = strchr(digits, digit);

	cr_assert(found && *found, "'%c' is not base64", digit);
	return found - digits;
}

static void from_base64(const char *text, struct bytes *ret)
{
	size_t n_chars = strcspn(text, "\n"), n_digits = strcspn(text, "=\n");
	uint64_t bits = 0;

	cr_assert_eq(n_chars % 4, 0);
	cr_assert_leq(n_chars - n_digits, 2);
	for (size_t i = 0; i < n_digits; i++) {
		bits = bits << 6 | digit_value(text[i]);
		if (i % 4 > 0)
			ret->at[ret->n++] = bits >> (6 - 2 * (i % 4));
	}
}

static uint64_t take(struct bytes *bytes, int n)
{
	uint64_t value = 0;

	for (int i = 0; i < n; i++) {
		cr_assert_lt(bytes->next, bytes->n);
		value = value << 8 | bytes->at[bytes->next++];
	}
	return value;
}

static int64_t take_zigzag(struct bytes *bytes)
{
	uint64_t value = 0, byte;

	for (int i = 0; i < 9; i++) {
		byte = take(bytes, 1);
		if (i == 8) {
			value |= byte << 56;
			break;
		}
		value |= (byte & 127) << (7 * i);
		if (byte < 128)
			break;
	}
	return value & 1 ? -(int64_t)(value / 2) - 1 : (int64_t)(value / 2);
}

static void set_bounds(struct hdr_decoded *ret)
{
	uint64_t low = 0, width = 1;

	for (int i = 0; i < MAX_HDR_BUCKETS; i++) {
		if (i >= 2 * PARTS && i % PARTS == 0)
			width *= 2;
		ret->buckets[i] = (struct hdr_bucket){ .low = low, .high = low + width - 1 };
		low += width;
	}
}

static void take_counts(struct bytes *bytes, struct hdr_decoded *ret)
{
	while (bytes->next < bytes->n) {
		int64_t count = take_zigzag(bytes);

		if (count < 0) {
			ret->n_buckets += -count;
			continue;
		}
		cr_assert_lt(ret->n_buckets, MAX_HDR_BUCKETS);
		ret->buckets[ret->n_buckets++].n = count;
	}
}

void hdr_decode(const char *text, struct hdr_decoded *ret)
{
	static struct bytes packed, plain;
	uLongf n_plain = MAX_BYTES;

	packed = (struct bytes){ 0 };
	from_base64(text, &packed);
	cr_assert_eq(take(&packed, 4), 0x1c849314);
	cr_assert_eq(take(&packed, 4), packed.n - packed.next);
	cr_assert_eq(uncompress(plain.at, &n_plain, packed.at + packed.next,
				packed.n - packed.next),
		     Z_OK);
	plain.n = n_plain;
	plain.next = 0;

	memset(ret, 0, sizeof(*ret));
	set_bounds(ret);
	cr_assert_eq(take(&plain, 4), 0x1c849313);
	ret->n_bytes = take(&plain, 4);
	cr_assert_eq(take(&plain, 4), 0, "an offset");
	cr_assert_eq(take(&plain, 4), 2, "significant digits");
	cr_assert_eq(take(&plain, 8), 1, "the lowest discernible value");
	ret->highest_trackable = take(&plain, 8);
	cr_assert_eq(take(&plain, 8), 0x3ff0000000000000, "the ratio to doubles");
	cr_assert_eq(plain.n - plain.next, ret->n_bytes);
	take_counts(&plain, ret);
}

uint64_t hdr_decoded_n(const struct hdr_decoded *decoded)
{
	uint64_t n = 0;

	for (size_t i = 0; i < MAX_HDR_BUCKETS; i++)
		n += decoded->buckets[i].n;
	return n;
}

const struct hdr_bucket *hdr_decoded_bucket(const struct hdr_decoded *decoded, uint64_t value)
{
	const struct hdr_bucket *bucket = decoded->buckets;

	while (bucket->high < value)
		bucket++;
	return bucket;
}

const struct hdr_bucket *hdr_decoded_first(const struct hdr_decoded *decoded)
{
	for (size_t i = 0; i < MAX_HDR_BUCKETS; i++)
		if (decoded->buckets[i].n)
			return &decoded->buckets[i];
	return NULL;
}

const struct hdr_bucket *hdr_decoded_last(const struct hdr_decoded *decoded)
{
	for (size_t i = MAX_HDR_BUCKETS; i-- > 0;)
		if (decoded->buckets[i].n)
			return &decoded->buckets[i];
	return NULL;
}
