/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/sweep.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>

#include "gotraced.skel.h"
#include "gotraced/goroutine_key.h"

enum {
	AFTER = 1 << 16, /* so many new records of goroutines, at most */
	SHARE = 8, /* of the table, at most */
};

/* How many elements of a map were removed, those of processes that have ended. */
static size_t sweep_map(const struct bpf_map *map)
{
	struct goroutine_key key, next;
	int fd = bpf_map__fd(map);
	bool has_next = bpf_map_get_next_key(fd, NULL, &next) == 0;
	size_t n_removed = 0;

	/*
	 * A walk begins anew when the key that it stands at is deleted under it: it shall end all
	 * the same.
	 */
	for (size_t i = 0; has_next && i < bpf_map__max_entries(map); i++) {
		key = next;
		has_next = bpf_map_get_next_key(fd, &key, &next) == 0;
		if (kill((pid_t)key.process, 0) && errno == ESRCH)
			n_removed += bpf_map_delete_elem(fd, &key) == 0;
	}
	return n_removed;
}

void sweep(struct sweep *sweep, const struct gotraced *skeleton)
{
	uint64_t n_wanted = skeleton->bss->n_goroutines_noted + skeleton->bss->n_goroutines_refused;
	uint64_t room = bpf_map__max_entries(skeleton->maps.goroutines) / SHARE;
	uint64_t least = room < AFTER ? room : AFTER;
	size_t n_removed;

	if (sweep->after < least)
		sweep->after = least;
	if (n_wanted - sweep->n_wanted_before < sweep->after)
		return;
	sweep->n_wanted_before = n_wanted;
	n_removed = sweep_map(skeleton->maps.goroutines);
	__atomic_fetch_add(&skeleton->bss->n_goroutines_forgotten, n_removed, __ATOMIC_RELAXED);
	sweep_map(skeleton->maps.pages);
	if (skeleton->rodata->takes_values)
		sweep_map(skeleton->maps.captures);
	/* Where all processes live, it is in vain, and takes its time: less and less often, then. */
	sweep->after = n_removed ? least : 2 * sweep->after;
}
