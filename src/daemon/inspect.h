/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_INSPECT_H
#define GOTRACED_DAEMON_INSPECT_H

#include "go/source_frame.h"
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

enum { INSPECTED_MAX_FRAMES = 1024 };

/* Is it known from where it was called? */
bool inspected_has_stack(const struct inspector *inspector);

/*
 * From where it was called, innermost first, as the Go runtime shows stacks: inlined calls stand by
 * themselves, wrappers are left out. So is the runtime's bottom. Addresses in no Go function have NULL for
 * a name. They live until the next call. None when it is not known.
 */
size_t inspected_frames(struct inspector *inspector, const struct source_frame **ret);

#endif
