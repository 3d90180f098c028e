/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/tracer.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gotraced.skel.h"
#include "gotraced/cookie.h"
#include "gotraced/goroutine_key.h"
#include "trace/links.h"
#include "trace/overflow.h"
#include "trace/probes.h"
#include "trace/rings.h"

enum {
	MAX_PROCESSES = 4096,
	SWEEP_AFTER = 1 << 16, /* so many new records of goroutines */
	/* See bpf/frames.bpf.h; in bytes of memory, with what the kernel adds to each element. */
	FRAMES_IN_PAGE = 16,
	GOROUTINE_BYTES = 256,
	PAGE_BYTES = 512,
	IDLE_SHARE = 4, /* for each so many calls in flight, one goroutine that has none is kept */
	RINGS_BYTES = 8 << 20, /* of all of them, unless one would be too small */
	MIN_RING_BYTES = 128 << 10,
};

/* Where maps must be allocated whole at load (kernels before 6.1), they are smaller. */
static const uint64_t n_in_flight_preallocated = 1 << 16, n_in_flight_allocated = 1000000;
static const uint64_t max_overflow_parts_preallocated = 1 << 12,
		      max_overflow_parts_allocated = 1 << 20;

struct tracer {
	struct gotraced *skeleton;
	struct rings rings;
	struct overflow overflow;
	enum link_kind link_kind;
	size_t n_functions;
	int n_cpus;
	struct links returns; /* and those of the runtime's sites, which end calls as well */
	struct links entries;
	struct tracer_sink sink;
	uint64_t n_noted_at_sweep;
};

static void on_call(void *context, uint32_t function, uint64_t duration_ns)
{
	const struct tracer *tracer = context;

	if (function < tracer->n_functions)
		tracer->sink.call(tracer->sink.context, function, duration_ns);
}

static void on_overflow(void *context, uint32_t function, uint32_t part,
			const struct overflow_part *durations)
{
	const struct tracer *tracer = context;

	if (function < tracer->n_functions && part < OVERFLOW_PARTS)
		tracer->sink.overflow(tracer->sink.context, function, part, durations);
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

static int size_table(struct bpf_map *map, uint64_t n, bool may_allocate)
{
	int err = bpf_map__set_max_entries(map, n < UINT32_MAX ? n : UINT32_MAX);

	return err || !may_allocate ? err : bpf_map__set_map_flags(map, BPF_F_NO_PREALLOC);
}

static int size_maps(struct tracer *tracer, uint64_t n_in_flight, bool may_allocate)
{
	struct gotraced *skeleton = tracer->skeleton;
	uint64_t n_idle = n_in_flight / IDLE_SHARE;
	int err;

	skeleton->rodata->max_idle_goroutines = n_idle;
	err = bpf_map__set_max_entries(skeleton->maps.counters, tracer->n_functions);
	if (!err)
		err = bpf_map__set_max_entries(skeleton->maps.rings, tracer->n_cpus);
	if (!err)
		err = bpf_map__set_max_entries(skeleton->maps.processes, MAX_PROCESSES);
	if (!err)
		err = size_table(skeleton->maps.goroutines, n_in_flight + n_idle, may_allocate);
	if (!err)
		err = size_table(skeleton->maps.pages, n_in_flight / FRAMES_IN_PAGE + 1,
				 may_allocate);
	if (err)
		return err;
	tracer->overflow = (struct overflow){
		.outer = skeleton->maps.overflow,
		.max_parts = may_allocate ? max_overflow_parts_allocated
					  : max_overflow_parts_preallocated,
		.may_allocate = may_allocate,
	};
	return overflow_init(&tracer->overflow);
}

static uint64_t default_ring_bytes(int n_cpus)
{
	uint64_t n_bytes = RINGS_BYTES;

	while (n_bytes > MIN_RING_BYTES && n_bytes * n_cpus > RINGS_BYTES)
		n_bytes /= 2;
	return n_bytes;
}

static int configure(struct tracer *tracer, const struct tracer_params *params,
		     const struct kernel *kernel)
{
	struct gotraced *skeleton = tracer->skeleton;
	bool may_allocate = kernel_is_at_least(kernel, 6, 1);
	struct bpf_program *program;
	uint64_t n_in_flight = params->n_in_flight;
	int err;

	if (!n_in_flight)
		n_in_flight = may_allocate ? n_in_flight_allocated : n_in_flight_preallocated;
	tracer->rings.n_bytes =
		params->ring_bytes ? params->ring_bytes : default_ring_bytes(tracer->n_cpus);
	tracer->overflow.may_allocate = may_allocate;
	tracer->overflow.max_parts =
		may_allocate ? max_overflow_parts_allocated : max_overflow_parts_preallocated;
	skeleton->rodata->is_filtered_by_process = params->is_filtered_by_process;
	skeleton->rodata->pid_namespace = own_pid_namespace();
	skeleton->rodata->quarter_shift = __builtin_ctzl(tracer->rings.n_bytes) - 2;
	skeleton->rodata->can_write_registers = kernel->can_write_registers;
	skeleton->rodata->emulates_ret = kernel->can_write_registers && !params->leaves_ret_alone;
	err = size_maps(tracer, n_in_flight, may_allocate);
	if (err || tracer->link_kind != LINK_MULTI)
		return err;
	bpf_object__for_each_program(program, skeleton->obj) {
		err = bpf_program__set_expected_attach_type(program, ATTACH_UPROBE_MULTI);
		if (err)
			return err;
	}
	return 0;
}

static int load(struct tracer *tracer, const struct tracer_params *params,
		const struct kernel *kernel, struct reason *why)
{
	int err;

	tracer->skeleton = gotraced__open();
	if (!tracer->skeleton)
		return reason_set(why, -errno, "cannot open the BPF programs: %s", strerror(errno));
	err = configure(tracer, params, kernel);
	if (err == -EPERM)
		return kernel_not_permitted(false, why);
	if (err)
		return reason_set(why, err, "cannot set up the BPF programs: %s", strerror(-err));
	err = gotraced__load(tracer->skeleton);
	if (err == -EPERM || err == -EACCES)
		return kernel_not_permitted(false, why);
	if (err)
		return reason_set(
			why, err,
			"the kernel does not accept the BPF programs: %s; --debug shows why",
			strerror(-err));
	tracer->rings.take = on_call;
	tracer->rings.context = tracer;
	err = rings_init(&tracer->rings, bpf_map__fd(tracer->skeleton->maps.rings), tracer->n_cpus,
			 tracer->rings.n_bytes);
	if (err)
		return reason_set(why, err, "cannot make %d ring buffers of %zu bytes: %s",
				  tracer->n_cpus, tracer->rings.n_bytes, strerror(-err));
	err = overflow_begin(&tracer->overflow);
	return err ? reason_set(why, err, "cannot set up the overflow histogram: %s",
				strerror(-err))
		   : 0;
}

uint64_t tracer_max_bytes(const struct tracer_params *params)
{
	uint64_t n_cpus = libbpf_num_possible_cpus();
	uint64_t n_goroutines = params->n_in_flight + params->n_in_flight / IDLE_SHARE;

	return n_goroutines * GOROUTINE_BYTES + params->n_in_flight / FRAMES_IN_PAGE * PAGE_BYTES +
	       n_cpus * params->ring_bytes;
}

int tracer_open(struct tracer **ret, const struct tracer_params *params,
		const struct kernel *kernel, const struct tracer_sink *sink, struct reason *why)
{
	struct tracer *tracer;
	int err;

	if (params->link_kind == LINK_MULTI && !kernel->has_uprobe_multi)
		return reason_set(why, -ENOTSUP,
				  "kernel %d.%d has no uprobe_multi links (or CAP_BPF and "
				  "CAP_PERFMON are missing); "
				  "leave --links out to use perf events",
				  kernel->major, kernel->minor);
	if (params->n_functions == 0 || params->n_functions > COOKIE_MAX_FUNCTIONS)
		return reason_set(why, -E2BIG, "%zu functions cannot be traced at once",
				  params->n_functions);
	tracer = calloc(1, sizeof(*tracer));
	if (!tracer)
		return reason_set(why, -ENOMEM, "out of memory");
	tracer->link_kind = params->link_kind;
	if (tracer->link_kind == LINK_AUTO)
		tracer->link_kind = kernel->has_uprobe_multi ? LINK_MULTI : LINK_PERF;
	tracer->n_functions = params->n_functions;
	tracer->n_cpus = libbpf_num_possible_cpus();
	tracer->sink = *sink;
	err = tracer->n_cpus > 0
		      ? load(tracer, params, kernel, why)
		      : reason_set(why, tracer->n_cpus, "cannot tell the number of CPUs");
	if (err) {
		tracer_close(tracer);
		return err;
	}
	*ret = tracer;
	return 0;
}

void tracer_close(struct tracer *tracer)
{
	if (!tracer)
		return;
	tracer_detach(tracer);
	rings_fini(&tracer->rings);
	overflow_fini(&tracer->overflow);
	gotraced__destroy(tracer->skeleton);
	free(tracer);
}

enum link_kind tracer_link_kind(const struct tracer *tracer)
{
	return tracer->link_kind;
}

bool tracer_emulates_ret(const struct tracer *tracer)
{
	return tracer->skeleton->rodata->emulates_ret;
}

int tracer_add_process(struct tracer *tracer, pid_t pid, struct reason *why)
{
	__u32 tgid = pid;
	__u8 present = 1;

	if (bpf_map_update_elem(bpf_map__fd(tracer->skeleton->maps.processes), &tgid, &present,
				BPF_ANY))
		return reason_set(why, -errno,
				  "cannot add process %d: %s (at most %d can be named)", pid,
				  strerror(errno), MAX_PROCESSES);
	return 0;
}

static int attach_runtime_site(struct tracer *tracer, const struct plan *plan,
			       const struct plan_runtime_site *site,
			       const struct bpf_program *program, struct reason *why)
{
	struct sites sites = { .binary = plan->binary };
	int err = probes_add_runtime_site(&sites, plan, site);

	if (err)
		err = reason_set(why, err, "out of memory");
	else if (sites.n > 0)
		err = links_attach(&tracer->returns, tracer->link_kind, program, &sites, why);
	sites_fini(&sites);
	return err;
}

int tracer_attach(struct tracer *tracer, const struct plan *plan, uint32_t first_function,
		  struct reason *why)
{
	struct sites entries = { .binary = plan->binary }, returns = { .binary = plan->binary };
	const struct gotraced *skeleton = tracer->skeleton;
	int err;

	err = probes_add_entries(&entries, plan, first_function);
	if (!err)
		err = probes_add_returns(&returns, plan, first_function);
	if (err) {
		reason_set(why, err, "cannot place the probes in %s: %s", plan->binary->elf->path,
			   strerror(-err));
		goto out;
	}
	err = attach_runtime_site(tracer, plan, &plan->recovery, skeleton->progs.on_recovery, why);
	if (!err)
		err = attach_runtime_site(tracer, plan, &plan->goexit, skeleton->progs.on_goexit,
					  why);
	if (!err)
		err = links_attach(&tracer->returns, tracer->link_kind, skeleton->progs.on_return,
				   &returns, why);
	if (!err)
		err = links_attach(&tracer->entries, tracer->link_kind, skeleton->progs.on_entry,
				   &entries, why);
out:
	sites_fini(&entries);
	sites_fini(&returns);
	return err;
}

void tracer_start(struct tracer *tracer)
{
	tracer->skeleton->bss->is_counting = true;
}

void tracer_detach(struct tracer *tracer)
{
	if (tracer->skeleton && tracer->skeleton->bss)
		tracer->skeleton->bss->is_counting = false;
	links_detach(&tracer->entries);
	links_detach(&tracer->returns);
}

size_t tracer_fds(const struct tracer *tracer, const int **ret)
{
	*ret = tracer->rings.fds;
	return tracer->rings.n;
}

int tracer_drain(struct tracer *tracer)
{
	return rings_drain(&tracer->rings);
}

int tracer_drain_overflow(struct tracer *tracer)
{
	if (!tracer->skeleton->bss->has_overflowed)
		return 0;
	tracer->skeleton->bss->has_overflowed = false;
	return overflow_drain(&tracer->overflow, on_overflow, tracer);
}

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

void tracer_sweep(struct tracer *tracer)
{
	const struct gotraced *skeleton = tracer->skeleton;
	uint64_t n_noted = skeleton->bss->n_goroutines_noted;
	size_t n_removed;

	if (n_noted - tracer->n_noted_at_sweep < SWEEP_AFTER)
		return;
	tracer->n_noted_at_sweep = n_noted;
	n_removed = sweep_map(skeleton->maps.goroutines);
	__atomic_fetch_add(&skeleton->bss->n_goroutines_forgotten, n_removed, __ATOMIC_RELAXED);
	sweep_map(skeleton->maps.pages);
}

int tracer_read_counters(const struct tracer *tracer, uint32_t function, struct call_counters *ret)
{
	struct call_counters *by_cpu = calloc(tracer->n_cpus, sizeof(*by_cpu));
	int err;

	if (!by_cpu)
		return -ENOMEM;
	err = bpf_map_lookup_elem(bpf_map__fd(tracer->skeleton->maps.counters), &function, by_cpu)
		      ? -errno
		      : 0;
	*ret = (struct call_counters){ 0 };
	for (int cpu = 0; cpu < tracer->n_cpus && !err; cpu++)
		for (int i = 0; i < N_CALL_COUNTERS; i++)
			ret->n[i] += by_cpu[cpu].n[i];
	free(by_cpu);
	return err;
}
