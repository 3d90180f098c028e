/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/overflow.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

static int make(const struct overflow *overflow)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts,
		    .map_flags = overflow->may_allocate ? BPF_F_NO_PREALLOC : 0);

	return bpf_map_create(BPF_MAP_TYPE_HASH, "overflow_parts", sizeof(struct overflow_key),
			      sizeof(struct overflow_part), overflow->max_parts, &opts);
}

int overflow_init(struct overflow *overflow)
{
	int fd = make(overflow);

	if (fd < 0)
		return fd;
	overflow->fd = fd;
	return bpf_map__set_inner_map_fd(overflow->outer, fd);
}

void overflow_fini(struct overflow *overflow)
{
	if (overflow->fd > 0)
		close(overflow->fd);
	overflow->fd = 0;
}

static void hand_over(int fd, overflow_take *take, void *context)
{
	struct overflow_key key, next;
	struct overflow_part part;
	bool has_next = bpf_map_get_next_key(fd, NULL, &next) == 0;

	while (has_next) {
		key = next;
		if (!bpf_map_lookup_elem(fd, &key, &part))
			take(context, key.function, key.part, &part);
		has_next = bpf_map_get_next_key(fd, &key, &next) == 0;
	}
}

/* On return no program uses the former one any more; see bpf/overflow.bpf.h. */
int overflow_begin(const struct overflow *overflow)
{
	__u32 only = 0;

	return bpf_map__update_elem(overflow->outer, &only, sizeof(only), &overflow->fd,
				    sizeof(overflow->fd), BPF_ANY);
}

int overflow_drain(struct overflow *overflow, overflow_take *take, void *context)
{
	struct overflow next = *overflow;
	int err;

	next.fd = make(overflow);
	if (next.fd < 0)
		return next.fd;
	err = overflow_begin(&next);
	if (err) {
		overflow_fini(&next);
		return err;
	}
	hand_over(overflow->fd, take, context);
	overflow_fini(overflow);
	*overflow = next;
	return 0;
}
