/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gotraced/cookie.h"

#include <criterion/criterion.h>
#include <stdint.h>

static void assert_survives(struct cookie cookie)
{
	struct cookie got = cookie_unpack(cookie_pack(cookie));

	cr_assert_eq(got.function, cookie.function);
	cr_assert_eq(got.flags, cookie.flags);
	cr_assert_eq(got.goid_off, cookie.goid_off);
	cr_assert_eq(got.tls_off, cookie.tls_off);
	cr_assert_eq(got.page_off, cookie.page_off);
}

Test(cookie, survives_packing_at_the_extremes)
{
	assert_survives((struct cookie){ 0 });
	assert_survives((struct cookie){ .function = COOKIE_MAX_FUNCTIONS - 1 });
	assert_survives((struct cookie){ .flags = 0xff });
	assert_survives((struct cookie){ .goid_off = COOKIE_MAX_GOID_OFF });
	assert_survives((struct cookie){ .tls_off = INT16_MIN });
	assert_survives((struct cookie){ .tls_off = INT16_MAX - 7 });
	assert_survives((struct cookie){ .page_off = COOKIE_PAGE_BYTES - 1, FETCH_VARIANTS - 1 });
	assert_survives((struct cookie){ COOKIE_MAX_FUNCTIONS - 1, 0xff, COOKIE_MAX_GOID_OFF, -8,
					 COOKIE_PAGE_BYTES - 1, FETCH_VARIANTS - 1 });
}

Test(cookie, survives_packing_with_a_negative_tls_offset)
{
	assert_survives((struct cookie){ 4711, COOKIE_IS_JBE, 152, -8, 0x123, 0 });
	assert_survives((struct cookie){ 0, COOKIE_ARGUMENT_ON_STACK, 160, -184, 0xffe, 5 });
}

Test(cookie, has_its_fields_where_the_header_says)
{
	cr_assert_eq(cookie_pack((struct cookie){ .function = 1 }), 1);
	cr_assert_eq(cookie_pack((struct cookie){ .flags = 1 }), 1ULL << 22);
	cr_assert_eq(cookie_pack((struct cookie){ .goid_off = 8 }), 1ULL << 30);
	cr_assert_eq(cookie_pack((struct cookie){ .tls_off = 8 }), 1ULL << 35);
	cr_assert_eq(cookie_pack((struct cookie){ .tls_off = -8 }), 0x1fffULL << 35);
	cr_assert_eq(cookie_pack((struct cookie){ .page_off = 1 }), 1ULL << 48);
}

Test(cookie, lets_no_field_spill_into_the_next)
{
	struct cookie got = cookie_unpack(cookie_pack((struct cookie){ .function = UINT32_MAX }));

	cr_assert_eq(got.function, COOKIE_MAX_FUNCTIONS - 1);
	cr_assert_eq(got.flags, 0);
}
