/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/bytes.h"

#include <criterion/criterion.h>
#include <errno.h>

static void assert_is(const char *text, uint64_t expected)
{
	uint64_t n_bytes = 0;

	cr_assert_eq(bytes_parse(text, &n_bytes), 0, "'%s' is refused", text);
	cr_assert_eq(n_bytes, expected, "'%s' is %lu", text, n_bytes);
}

static void assert_refused(const char *text)
{
	uint64_t n_bytes = 4711;

	cr_assert_eq(bytes_parse(text, &n_bytes), -EINVAL, "'%s' is taken for %lu", text, n_bytes);
	cr_assert_eq(n_bytes, 4711);
}

Test(bytes, are_bytes_without_a_unit)
{
	assert_is("0", 0);
	assert_is("65536", 65536);
	assert_is("18446744073709551615", UINT64_MAX);
}

Test(bytes, know_their_units)
{
	assert_is("4K", 4096);
	assert_is("3M", 3 << 20);
	assert_is("17179869183G", 17179869183ULL << 30);
}

Test(bytes, that_do_not_fit_are_refused)
{
	assert_refused("18446744073709551616");
	assert_refused("17179869184G");
}

Test(bytes, that_are_none_are_refused)
{
	assert_refused("");
	assert_refused("K");
	assert_refused("-4K");
	assert_refused("+4");
	assert_refused(" 4");
	assert_refused("4k");
	assert_refused("4KB");
	assert_refused("4.5K");
	assert_refused("0x10");
}
