/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/span.h"

#include <criterion/criterion.h>

static const uint8_t bytes[12] = {
	0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 'a', 'b', 0, 'c'
};
static const struct span span = { bytes, sizeof(bytes) };

Test(span, reads_little_endian_numbers_at_any_offset)
{
	uint8_t u8;
	uint32_t u32;
	uint64_t u64;

	cr_assert(span_u8(span, 11, &u8));
	cr_assert_eq(u8, 'c');
	cr_assert(span_u32(span, 1, &u32));
	cr_assert_eq(u32, 0x05040302);
	cr_assert(span_u64(span, 0, &u64));
	cr_assert_eq(u64, 0x0807060504030201);
}

Test(span, reads_up_to_its_last_byte_and_not_beyond)
{
	uint32_t u32 = 4711;
	uint64_t u64 = 4711;
	uint8_t u8 = 42;

	cr_assert(span_u32(span, 8, &u32));
	u32 = 4711;
	cr_assert_not(span_u8(span, 12, &u8));
	cr_assert_not(span_u32(span, 9, &u32));
	cr_assert_not(span_u64(span, 5, &u64));
	cr_assert_eq(u8, 42, "a failed read leaves *ret alone");
	cr_assert_eq(u32, 4711);
	cr_assert_eq(u64, 4711);
}

Test(span, is_not_fooled_by_offsets_that_wrap_round)
{
	uint64_t u64;

	cr_assert_not(span_u64(span, UINT64_MAX, &u64));
	cr_assert_not(span_u64(span, UINT64_MAX - 7, &u64));
	cr_assert_not(span_has(span, 1, UINT64_MAX));
	cr_assert_not(span_has(span, UINT64_MAX, 1));
	cr_assert(span_has(span, 12, 0));
	cr_assert_not(span_has(span, 13, 0));
}

Test(span, gives_only_strings_that_end_inside)
{
	cr_assert_str_eq(span_string(span, 8), "ab");
	cr_assert_str_eq(span_string(span, 10), "");
	cr_assert_null(span_string(span, 11));
	cr_assert_null(span_string(span, 12));
	cr_assert_null(span_string(span, UINT64_MAX));
}

Test(span, that_begins_outside_is_empty)
{
	cr_assert_eq(span_from(span, 4).n_bytes, 8);
	cr_assert_eq(span_from(span, 4).data, bytes + 4);
	cr_assert_eq(span_from(span, 12).n_bytes, 0);
	cr_assert_eq(span_from(span, UINT64_MAX).n_bytes, 0);
}

Test(span, without_bytes_holds_nothing)
{
	const struct span none = { NULL, 0 };
	uint8_t u8;

	cr_assert_not(span_u8(none, 0, &u8));
	cr_assert_null(span_string(none, 0));
}

Test(span, finds_a_control_character_wherever_it_stands)
{
	for (int c = 0; c < 256; c++) {
		for (size_t n = 1; n <= 20; n++) {
			for (size_t at = 0; at < n; at++) {
				/* Of what stands around it, these come nearest to a carry. */
				for (int around = 0; around < 4; around++) {
					char text[20];

					memset(text, " ~\x80\xff"[around], sizeof(text));
					text[at] = (char)c;
					cr_assert_eq(span_has_control(text, n),
						     c < ' ' || c == 0x7f);
				}
			}
		}
	}
}
