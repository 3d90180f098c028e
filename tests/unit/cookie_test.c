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
}

Test(cookie, survives_packing_at_the_extremes)
{
	assert_survives((struct cookie){ 0 });
	assert_survives((struct cookie){ .function = COOKIE_MAX_FUNCTIONS - 1 });
	assert_survives((struct cookie){ .flags = 0xff });
	assert_survives((struct cookie){ .goid_off = 0xffff });
	assert_survives((struct cookie){ .tls_off = INT16_MIN });
	assert_survives((struct cookie){ .tls_off = INT16_MAX });
	assert_survives((struct cookie){ COOKIE_MAX_FUNCTIONS - 1, 0xff, 0xffff, -1 });
}

Test(cookie, survives_packing_with_a_negative_tls_offset)
{
	assert_survives((struct cookie){ 4711, COOKIE_IS_JBE, 152, -8 });
	assert_survives((struct cookie){ 0, COOKIE_ARGUMENT_ON_STACK, 160, -184 });
}

Test(cookie, has_its_fields_where_the_header_says)
{
	cr_assert_eq(cookie_pack((struct cookie){ 0x123456, 0x78, 0x9abc, 0x0def }),
		     0x0def9abc78123456);
	cr_assert_eq(cookie_pack((struct cookie){ .tls_off = -8 }), 0xfff8000000000000);
}

Test(cookie, lets_no_field_spill_into_the_next)
{
	struct cookie got = cookie_unpack(cookie_pack((struct cookie){ .function = UINT32_MAX }));

	cr_assert_eq(got.function, COOKIE_MAX_FUNCTIONS - 1);
	cr_assert_eq(got.flags, 0);
}
