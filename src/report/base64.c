/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/base64.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

/* Up to three bytes as four characters. */
static void encode_group(const uint8_t *bytes, size_t n_bytes, char *to)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t group = 0;

	for (size_t i = 0; i < 3; i++)
		group = group << 8 | (i < n_bytes ? bytes[i] : 0);
	for (size_t i = 0; i < 4; i++)
		to[i] = i <= n_bytes ? digits[group >> (18 - 6 * i) & 63] : '=';
}

int base64_encode(const void *bytes, size_t n_bytes, char **ret)
{
	const uint8_t *from = bytes;
	size_t n_groups = n_bytes / 3 + (n_bytes % 3 > 0);
	char *text = malloc(4 * n_groups + 1);

	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < n_groups; i++)
		encode_group(from + 3 * i, n_bytes - 3 * i, text + 4 * i);
	text[4 * n_groups] = '\0';
	*ret = text;
	return 0;
}
