/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/buckets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/value.h"

enum { MAX_BUCKETS = 256 };

static int add(struct options_buckets *buckets, const char *word, struct reason *why)
{
	uint64_t *ns = &buckets->ns[buckets->n];

	if (buckets->n == MAX_BUCKETS)
		return reason_set(why, -EINVAL, "more than %d buckets", MAX_BUCKETS);
	if (value_duration(ns, word, why))
		return -EINVAL;
	if (buckets->n > 0 && ns[0] <= ns[-1])
		return reason_set(why, -EINVAL, "'%s' is not more than what stands before it",
				  word);
	buckets->n++;
	return 0;
}

int buckets_parse(const char *text, struct options_buckets *ret, struct reason *why)
{
	struct options_buckets buckets = { .ns = calloc(MAX_BUCKETS, sizeof(*buckets.ns)) };
	char *copy = strdup(text), *rest = copy, *word;
	int err = copy && buckets.ns ? 0 : reason_set(why, -ENOMEM, "out of memory");

	while (!err && (word = strsep(&rest, ", \t")))
		if (*word)
			err = add(&buckets, word, why);
	if (!err && buckets.n == 0)
		err = reason_set(why, -EINVAL, "not a list of times such as 1ms,10ms,100ms,1s");
	free(copy);
	if (err)
		free(buckets.ns);
	else
		*ret = buckets;
	return err;
}

int buckets_default(struct options_buckets *ret)
{
	enum { FIRST_POWER = 10, N = 27 };

	ret->ns = calloc(N, sizeof(*ret->ns));
	if (!ret->ns)
		return -ENOMEM;
	for (ret->n = 0; ret->n < N; ret->n++)
		ret->ns[ret->n] = 1UL << (FIRST_POWER + ret->n);
	return 0;
}
