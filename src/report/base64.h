/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_REPORT_BASE64_H
#define GOTRACED_REPORT_BASE64_H

#include <stddef.h>

/*
 * Bytes as base64 (RFC 4648, section 4), padded and without line breaks. *ret is a string that the
 * caller frees. 0 or -ENOMEM.
 */
int base64_encode(const void *bytes, size_t n_bytes, char **ret);

#endif
