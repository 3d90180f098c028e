/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/setup.h"

#include <sys/stat.h>

#include "gotraced.skel.h"
#include "gotraced/goroutine_key.h"
#include "trace/captures.h"

enum {
	/* See bpf/frames.bpf.h; in bytes of memory, with what the kernel adds to each element. */
	GOROUTINE_BYTES = 256,
	PAGE_BYTES = 512,
	IDLE_SHARE = 4, /* for each so many calls in flight, one goroutine that has none is kept */
	RINGS_BYTES = 8 << 20, /* of all of them, unless one would be too small */
	MIN_RING_BYTES = 128 << 10,
	/* Where maps are allocated whole, they are smaller. */
	IN_FLIGHT = 1000000,
	IN_FLIGHT_PREALLOCATED = 1 << 16,
	OVERFLOW_PARTS_AT_MOST = 1 << 18,
	OVERFLOW_PARTS_PREALLOCATED = 1 << 12,
};

static uint64_t table_bytes(uint64_t n_in_flight)
{
	uint64_t n_goroutines = n_in_flight + n_in_flight / IDLE_SHARE;

	return n_goroutines * GOROUTINE_BYTES + n_in_flight / FRAMES_IN_PAGE * PAGE_BYTES;
}

uint64_t tracer_max_bytes(const struct tracer_params *params)
{
	return table_bytes(params->n_in_flight) +
	       (uint64_t)libbpf_num_possible_cpus() * params->ring_bytes;
}

/* As many calls as are usual, or as the memory has room for. */
static void choose_in_flight(struct setup *setup, uint64_t max_bytes)
{
	uint64_t usual = setup->may_allocate ? IN_FLIGHT : IN_FLIGHT_PREALLOCATED;

	setup->is_room_reduced = max_bytes && table_bytes(usual) > max_bytes;
	setup->n_in_flight =
		setup->is_room_reduced ? max_bytes / (table_bytes(usual) / usual + 1) : usual;
}

/* The pid namespace whose process ids we know; 0 for the initial one, which is what BPF knows. */
static uint32_t own_pid_namespace(void)
{
	const ino_t initial = 0xeffffffc; /* PROC_PID_INIT_INO, include/linux/proc_ns.h */
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) || st.st_ino == initial)
		return 0;
	return (uint32_t)st.st_ino;
}

static uint64_t default_ring_bytes(int n_cpus)
{
	uint64_t n_bytes = RINGS_BYTES;

	while (n_bytes > MIN_RING_BYTES && n_bytes * n_cpus > RINGS_BYTES)
		n_bytes /= 2;
	return n_bytes;
}

struct setup setup_make(const struct tracer_params *params, const struct kernel *kernel, int n_cpus)
{
	struct setup setup = {
		/* And those of our own functions: tracer_attach_own(). */
		.n_counters = params->n_functions + N_ENTRY_KINDS,
		.details = params->details,
		.n_cpus = n_cpus,
		.is_multi = params->link_kind == LINK_MULTI ||
			    (params->link_kind == LINK_AUTO && kernel->has_uprobe_multi),
		.can_write_registers = kernel->can_write_registers,
		.emulates_ret = kernel->can_write_registers && !params->leaves_ret_alone,
		.may_allocate = kernel_is_at_least(kernel, 6, 1),
		.n_in_flight = params->n_in_flight,
		.ring_bytes = params->ring_bytes ? params->ring_bytes : default_ring_bytes(n_cpus),
	};

	if (!setup.n_in_flight)
		choose_in_flight(&setup, params->max_table_bytes);
	return setup;
}

int setup_size_table(struct bpf_map *map, uint64_t n, bool may_allocate)
{
	int err = bpf_map__set_max_entries(map, n < UINT32_MAX ? n : UINT32_MAX);

	return err || !may_allocate ? err : bpf_map__set_map_flags(map, BPF_F_NO_PREALLOC);
}

static int size_maps(const struct setup *setup, struct gotraced *skeleton)
{
	uint64_t n_in_flight = setup->n_in_flight;
	int err;

	err = bpf_map__set_max_entries(skeleton->maps.counters, setup->n_counters);
	if (!err)
		err = bpf_map__set_max_entries(skeleton->maps.rings, setup->n_cpus);
	if (!err)
		err = bpf_map__set_max_entries(skeleton->maps.processes, TRACER_MAX_PROCESSES + 1);
	if (!err)
		err = setup_size_table(skeleton->maps.goroutines,
				       n_in_flight + n_in_flight / IDLE_SHARE, setup->may_allocate);
	if (!err)
		err = setup_size_table(skeleton->maps.pages, n_in_flight / FRAMES_IN_PAGE + 1,
				       setup->may_allocate);
	if (!err)
		err = captures_size(setup, skeleton);
	return err;
}

int setup_apply(const struct setup *setup, struct gotraced *skeleton, struct overflow *overflow)
{
	struct bpf_program *program;
	int err;

	skeleton->rodata->pid_namespace = own_pid_namespace();
	skeleton->rodata->quarter_shift = __builtin_ctzl(setup->ring_bytes) - 2;
	skeleton->rodata->max_idle_goroutines = setup->n_in_flight / IDLE_SHARE;
	skeleton->rodata->can_write_registers = setup->can_write_registers;
	skeleton->rodata->emulates_ret = setup->emulates_ret;
	err = size_maps(setup, skeleton);
	if (err)
		return err;
	*overflow = (struct overflow){
		.outer = skeleton->maps.overflow,
		.max_parts =
			setup->may_allocate ? OVERFLOW_PARTS_AT_MOST : OVERFLOW_PARTS_PREALLOCATED,
		.may_allocate = setup->may_allocate,
	};
	err = overflow_init(overflow);
	if (err || !setup->is_multi)
		return err;
	bpf_object__for_each_program(program, skeleton->obj) {
		err = bpf_program__set_expected_attach_type(program, ATTACH_UPROBE_MULTI);
		if (err)
			return err;
	}
	return 0;
}
