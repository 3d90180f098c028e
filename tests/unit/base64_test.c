/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/base64.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void assert_encoded(const void *bytes, size_t n_bytes, const char *expected)
{
	char *text;

	cr_assert_eq(base64_encode(bytes, n_bytes, &text), 0);
	cr_assert_str_eq(text, expected);
	free(text);
}

Test(base64, encodes_the_examples_of_the_rfc)
{
	static const char *const examples[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		assert_encoded(examples[i][0], strlen(examples[i][0]), examples[i][1]);
}

Test(base64, has_all_64_digits)
{
	static const unsigned char bytes[] = {
		0x00, 0x10, 0x83, 0x10, 0x51, 0x87, 0x20, 0x92, 0x8b, 0x30, 0xd3, 0x8f,
		0x41, 0x14, 0x93, 0x51, 0x55, 0x97, 0x61, 0x96, 0x9b, 0x71, 0xd7, 0x9f,
		0x82, 0x18, 0xa3, 0x92, 0x59, 0xa7, 0xa2, 0x9a, 0xab, 0xb2, 0xdb, 0xaf,
		0xc3, 0x1c, 0xb3, 0xd3, 0x5d, 0xb7, 0xe3, 0x9e, 0xbb, 0xf3, 0xdf, 0xbf,
	};

	assert_encoded(bytes, sizeof(bytes),
		       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}
