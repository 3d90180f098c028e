/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_VALUE_DYNAMIC_H
#define GOTRACED_VALUE_DYNAMIC_H

#include "value/decode.h"

/* What an interface holds, whose words are at a place. */
void dynamic_decode(struct decoder *decoder, uint64_t at, uint32_t dynamic, struct value *ret);

#endif
