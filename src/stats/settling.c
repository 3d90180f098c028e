/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/settling.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gotraced/record.h"

enum { MIN_ROOM = 64 };

void settling_fini(struct settling *settling)
{
	for (size_t i = 0; i < settling->n; i++)
		free(settling->at[i].call.values);
	free(settling->at);
	*settling = (struct settling){ 0 };
}

int settling_add(struct settling *settling, const struct ended_call *call)
{
	if (settling->n == settling->n_room) {
		size_t n = settling->n_room ? 2 * settling->n_room : MIN_ROOM;
		struct waiting *grown = reallocarray(settling->at, n, sizeof(*grown));

		if (!grown) {
			free(call->values);
			return -ENOMEM;
		}
		settling->at = grown;
		settling->n_room = n;
	}
	settling->at[settling->n] = (struct waiting){ *call, settling->n };
	settling->n++;
	return 0;
}

static uint64_t end_of(const struct waiting *waiting)
{
	return waiting->call.start_ns + waiting->call.duration_ns;
}

static int by_end(const void *a, const void *b)
{
	const struct waiting *x = a, *y = b;

	if (end_of(x) != end_of(y))
		return end_of(x) < end_of(y) ? -1 : 1;
	return x->nth < y->nth ? -1 : x->nth > y->nth;
}

int settling_until(struct settling *settling, uint64_t until_ns, settling_use *use, void *context)
{
	size_t n = 0;
	int err = 0;

	if (settling->n == 0)
		return 0;
	qsort(settling->at, settling->n, sizeof(*settling->at), by_end);
	while (n < settling->n && end_of(&settling->at[n]) <= until_ns && !err)
		err = use(context, &settling->at[n++].call);
	settling->n -= n;
	memmove(settling->at, settling->at + n, settling->n * sizeof(*settling->at));
	for (size_t i = 0; i < settling->n; i++)
		settling->at[i].nth = i;
	return err;
}

void settling_forget(struct settling *settling, uint32_t function)
{
	for (size_t i = 0; i < settling->n; i++) {
		struct ended_call *call = &settling->at[i].call;

		if (call->function == function) {
			call->is_left_out = true;
			call->counts = false;
		}
		if (call->caller == function)
			call->caller = NO_FUNCTION;
	}
}
