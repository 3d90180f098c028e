/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_STATS_SETTLING_H
#define GOTRACED_STATS_SETTLING_H

#include "stats/trees.h"

/* Calls that wait for those that may have ended before them, to be handed on in the order in which they ended. */
struct waiting {
	struct ended_call call;
	size_t nth; /* in the order in which they came */
};

/* All zero is empty. */
struct settling {
	struct waiting *at; /* owned, as are the calls' values */
	size_t n, n_room;
};

/* Gets a call, whose values it takes over. 0 or -errno. */
typedef int settling_use(void *context, const struct ended_call *call);

void settling_fini(struct settling *settling);

/* Takes the call's values over. 0 or -ENOMEM. */
int settling_add(struct settling *settling, const struct ended_call *call);

/* Hands on those that ended until then. 0 or what the user returns. */
int settling_until(struct settling *settling, uint64_t until_ns, settling_use *use, void *context);

/* A function's number will be another's: its calls are left out, and count no more. */
void settling_forget(struct settling *settling, uint32_t function);

#endif
