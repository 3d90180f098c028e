/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/rings.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "gotraced/fetch.h"
#include "gotraced/record.h"

/* Nobody but our own programs can write to a ring; and yet. */
static bool is_detail(const struct call_detail *detail, size_t n_bytes)
{
	return n_bytes >= sizeof(*detail) && detail->kind == RECORD_DETAIL &&
	       detail->end <= END_FORGOTTEN && detail->variant < FETCH_VARIANTS &&
	       detail->n_bytes + detail->n_frames * sizeof(uint64_t) <= n_bytes - sizeof(*detail);
}

int rings_take_record(void *context, void *data, size_t n_bytes)
{
	const struct call_record *record = data;
	struct rings *rings = context;

	if (n_bytes == sizeof(*record) && record->kind == RECORD_CALL)
		rings->take(rings->context, record->function, record->duration_ns);
	else if (is_detail(data, n_bytes))
		rings->take_detail(rings->context, data);
	return --rings->n_left ? 0 : -EAGAIN;
}

static int add_ring(struct rings *rings)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ring", 0, 0, rings->n_bytes, NULL);

	if (fd < 0)
		return fd;
	rings->fds[rings->n++] = fd;
	if (rings->buffer)
		return ring_buffer__add(rings->buffer, fd, rings_take_record, rings);
	rings->buffer = ring_buffer__new(fd, rings_take_record, rings, NULL);
	return rings->buffer ? 0 : -errno;
}

/* All at once: one by one, the kernel waits each time until no program runs that has seen the old. */
static int put_in_place(const struct rings *rings, int outer_fd)
{
	__u32 *cpus = calloc(rings->n, sizeof(*cpus)), n = rings->n;
	int err;

	if (!cpus)
		return -ENOMEM;
	for (__u32 cpu = 0; cpu < n; cpu++)
		cpus[cpu] = cpu;
	err = bpf_map_update_batch(outer_fd, cpus, rings->fds, &n, NULL);
	free(cpus);
	return err;
}

int rings_init(struct rings *rings, int outer_fd, size_t n, size_t n_bytes)
{
	int err = 0;

	rings->n_bytes = n_bytes;
	rings->fds = calloc(n, sizeof(*rings->fds));
	if (!rings->fds)
		return -ENOMEM;
	for (size_t i = 0; i < n && !err; i++)
		err = add_ring(rings);
	return err ? err : put_in_place(rings, outer_fd);
}

void rings_fini(struct rings *rings)
{
	ring_buffer__free(rings->buffer);
	for (size_t i = 0; i < rings->n; i++)
		close(rings->fds[i]);
	free(rings->fds);
	*rings = (struct rings){ 0 };
}

int rings_drain(struct rings *rings)
{
	int n;

	/*
	 * As many as the rings can hold: all there are, but no more than that while new ones come
	 * in as fast.
	 */
	rings->n_left = rings->n * rings->n_bytes / sizeof(struct call_record);
	n = ring_buffer__consume(rings->buffer);
	return n < 0 && n != -EAGAIN ? n : 0;
}
