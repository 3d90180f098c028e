/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_OVERFLOW_BPF_H
#define GOTRACED_OVERFLOW_BPF_H

/*
 * Where a call goes that finds the ring buffer full: to a histogram in the kernel, which user space
 * takes away whole, by putting an empty one in its place. The kernel lets that replacement return
 * only when no program uses the old one any more (maybe_wait_bpf_programs, kernel/bpf/syscall.c).
 */
struct overflow_histogram {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	/* By size: clang leaves types out of BTF that only an inner map's definition points to. */
	__uint(key_size, sizeof(struct overflow_key));
	__uint(value_size, sizeof(struct overflow_part));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct overflow_histogram);
} overflow SEC(".maps");

static const struct overflow_part empty_part = { .min_ns = ~0ULL };

/* Something is in it: set after it was put there, cleared before it is taken away. */
bool has_overflowed;

enum { MAX_EXCHANGES = 8 };

/* Another program may run in between on the same CPU, but hardly eight times. */
static __always_inline void lower(__u64 *least, __u64 value)
{
	for (int i = 0; i < MAX_EXCHANGES; i++) {
		__u64 seen = *least;

		if (seen <= value || __sync_val_compare_and_swap(least, seen, value) == seen)
			return;
	}
}

static __always_inline void raise(__u64 *most, __u64 value)
{
	for (int i = 0; i < MAX_EXCHANGES; i++) {
		__u64 seen = *most;

		if (seen >= value || __sync_val_compare_and_swap(most, seen, value) == seen)
			return;
	}
}

static __always_inline struct overflow_part *overflow_part(struct overflow_key *key)
{
	__u32 only = 0;
	void *histogram = bpf_map_lookup_elem(&overflow, &only);
	struct overflow_part *part;

	if (!histogram)
		return 0;
	part = bpf_map_lookup_elem(histogram, key);
	if (part)
		return part;
	bpf_map_update_elem(histogram, key, &empty_part, BPF_NOEXIST);
	return bpf_map_lookup_elem(histogram, key);
}

/* False when there is no memory for it. */
static __noinline bool overflow_record(__u32 function, __u64 duration_ns)
{
	__u32 bucket = bucket_of(duration_ns);
	struct overflow_key key = {
		.function = function,
		.part = bucket / OVERFLOW_BUCKETS,
		.cpu = bpf_get_smp_processor_id(),
	};
	struct overflow_part *part = overflow_part(&key);

	if (!part)
		return false;
	__sync_fetch_and_add(&part->counts[bucket % OVERFLOW_BUCKETS], 1);
	__sync_fetch_and_add(&part->sum_ns, duration_ns);
	lower(&part->min_ns, duration_ns);
	raise(&part->max_ns, duration_ns);
	has_overflowed = true;
	return true;
}

#endif
