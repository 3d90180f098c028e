/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_INSPECT_H
#define GOTRACED_DAEMON_INSPECT_H

#include "gotraced/record.h"
#include "value/decode.h"

struct session;

/*
 * What a call's record means, in terms of the program that it was made in: decoded as far as that is
 * still known, when it is asked for.
 */
struct inspector;

/* 0 or -ENOMEM. */
int inspector_new(struct inspector **ret);
void inspector_free(struct inspector *inspector);

/* Turns to another call, which must stay where it is. 0 or -ENOMEM. */
int inspect(struct inspector *inspector, const struct session *session,
	    const struct call_detail *detail);

/* What the captured values of its function are; NULL: none. */
const struct capture *inspected_capture(const struct inspector *inspector);

/* One of them; NULL when the call has it not, as it was unwound. It lives until the next call. */
const struct value *inspected_value(struct inspector *inspector, const struct captured *captured);

#endif
