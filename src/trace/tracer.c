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

enum {
	RING_BYTES = 4 << 20,
	MAX_PROCESSES = 4096,
	MAX_GOROUTINES = 1 << 20, /* with a traced call in flight */
	MAX_PAGES = 1 << 18, /* of 16 frames each, for calls nested more than 6 deep */
	SWEEP_AFTER = 1 << 16, /* so many new records of goroutines */
	/* Where maps must be allocated whole at load (kernels before 6.1), they are smaller. */
	MAX_GOROUTINES_PREALLOCATED = 1 << 16,
	MAX_PAGES_PREALLOCATED = 1 << 14,
};

struct tracer {
	struct gotraced *skeleton;
	struct ring_buffer *ring;
	enum link_kind link_kind;
	size_t n_functions;
	int n_cpus;
	struct links returns; /* and those of the runtime's sites, which end calls as well */
	struct links entries;
	tracer_sink *sink;
	void *context;
	size_t n_left; /* records that the drain under way may still take */
	uint64_t n_noted_at_sweep;
};

static int on_record(void *context, void *data, size_t n_bytes)
{
	const struct call_record *record = data;
	struct tracer *tracer = context;

	if (n_bytes == sizeof(*record) && record->function < tracer->n_functions)
		tracer->sink(tracer->context, record->function, record->duration_ns);
	return --tracer->n_left ? 0 : -EAGAIN;
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

static int configure(struct tracer *tracer, const struct tracer_params *params,
		     const struct kernel *kernel)
{
	struct gotraced *skeleton = tracer->skeleton;
	bool may_allocate = kernel_is_at_least(kernel, 6, 1);
	struct bpf_program *program;
	int err;

	skeleton->rodata->is_filtered_by_process = params->is_filtered_by_process;
	skeleton->rodata->wakeup_bytes = RING_BYTES / 4;
	skeleton->rodata->pid_namespace = own_pid_namespace();
	err = bpf_map__set_max_entries(skeleton->maps.counters, params->n_functions);
	if (!err)
		err = bpf_map__set_max_entries(skeleton->maps.ring, RING_BYTES);
	if (!err)
		err = bpf_map__set_max_entries(skeleton->maps.processes, MAX_PROCESSES);
	if (!err)
		err = bpf_map__set_max_entries(skeleton->maps.goroutines,
					       may_allocate ? MAX_GOROUTINES
							    : MAX_GOROUTINES_PREALLOCATED);
	if (!err)
		err = bpf_map__set_max_entries(skeleton->maps.pages,
					       may_allocate ? MAX_PAGES : MAX_PAGES_PREALLOCATED);
	if (!err && may_allocate)
		err = bpf_map__set_map_flags(skeleton->maps.goroutines, BPF_F_NO_PREALLOC);
	if (!err && may_allocate)
		err = bpf_map__set_map_flags(skeleton->maps.pages, BPF_F_NO_PREALLOC);
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
	tracer->ring =
		ring_buffer__new(bpf_map__fd(tracer->skeleton->maps.ring), on_record, tracer, NULL);
	if (!tracer->ring)
		return reason_set(why, -errno, "cannot map the ring buffer: %s", strerror(errno));
	return 0;
}

int tracer_open(struct tracer **ret, const struct tracer_params *params,
		const struct kernel *kernel, tracer_sink *sink, void *context, struct reason *why)
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
	tracer->sink = sink;
	tracer->context = context;
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
	ring_buffer__free(tracer->ring);
	gotraced__destroy(tracer->skeleton);
	free(tracer);
}

enum link_kind tracer_link_kind(const struct tracer *tracer)
{
	return tracer->link_kind;
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

static struct cookie make_cookie(const struct plan *plan, uint32_t function, bool is_g_in_tls)
{
	return (struct cookie){
		.function = function,
		.goid_off = plan->binary->layout.goid_off,
		.tls_off = is_g_in_tls ? plan->binary->layout.tls_off : 0,
	};
}

static int add_entries(const struct plan *plan, uint32_t first_function, struct sites *entries)
{
	int err = 0;

	for (size_t i = 0; i < plan->n_functions && !err; i++) {
		const struct plan_function *planned = &plan->functions[i];
		struct cookie cookie =
			make_cookie(plan, first_function + planned->index, planned->is_g_in_tls);

		if (planned->refusal)
			continue;
		if (planned->entry_kind == ENTRY_JBE)
			cookie.flags |= COOKIE_IS_JBE;
		if (planned->tail.n_targets > 0)
			cookie.flags |= COOKIE_JUMPS;
		if (planned->is_jumped_to)
			cookie.flags |= COOKIE_IS_JUMPED_TO;
		err = sites_add(entries, planned->entry_va, cookie);
	}
	return err;
}

static int add_returns(const struct plan *plan, uint32_t first_function, struct sites *returns)
{
	int err = 0;

	for (size_t i = 0; i < plan->n_returns && !err; i++) {
		const struct plan_return *planned = &plan->returns[i];
		struct cookie cookie =
			make_cookie(plan, first_function + planned->index, planned->is_g_in_tls);

		if (planned->ends_jumpers)
			cookie.flags |= COOKIE_ENDS_JUMPERS;
		if (planned->is_foreign)
			cookie.flags |= COOKIE_IS_FOREIGN;
		err = sites_add(returns, planned->va, cookie);
	}
	return err;
}

static int attach_runtime_site(struct tracer *tracer, const struct plan *plan,
			       const struct plan_runtime_site *site,
			       const struct bpf_program *program, struct reason *why)
{
	struct cookie cookie = make_cookie(plan, 0, site->is_g_in_tls);
	struct sites sites = { .binary = plan->binary };
	int err;

	if (!site->va)
		return 0;
	if (site->is_jbe)
		cookie.flags |= COOKIE_IS_JBE;
	if (site->is_argument_on_stack)
		cookie.flags |= COOKIE_ARGUMENT_ON_STACK;
	err = sites_add(&sites, site->va, cookie);
	err = err ? reason_set(why, err, "out of memory")
		  : links_attach(&tracer->returns, tracer->link_kind, program, &sites, why);
	sites_fini(&sites);
	return err;
}

int tracer_attach(struct tracer *tracer, const struct plan *plan, uint32_t first_function,
		  struct reason *why)
{
	struct sites entries = { .binary = plan->binary }, returns = { .binary = plan->binary };
	const struct gotraced *skeleton = tracer->skeleton;
	int err;

	err = add_entries(plan, first_function, &entries);
	if (!err)
		err = add_returns(plan, first_function, &returns);
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

int tracer_fd(const struct tracer *tracer)
{
	return bpf_map__fd(tracer->skeleton->maps.ring);
}

int tracer_drain(struct tracer *tracer)
{
	int n;

	/*
	 * As many as the ring can hold: all there are, but no more than that while new ones come in
	 * as fast.
	 */
	tracer->n_left = RING_BYTES / sizeof(struct call_record);
	n = ring_buffer__consume(tracer->ring);
	return n < 0 && n != -EAGAIN ? n : 0;
}

static void sweep_map(int fd, size_t max_entries)
{
	struct goroutine_key key, next;
	bool has_next = bpf_map_get_next_key(fd, NULL, &next) == 0;

	/*
	 * A walk begins anew when the key that it stands at is deleted under it: it shall end all
	 * the same.
	 */
	for (size_t i = 0; has_next && i < max_entries; i++) {
		key = next;
		has_next = bpf_map_get_next_key(fd, &key, &next) == 0;
		if (kill((pid_t)key.process, 0) && errno == ESRCH)
			bpf_map_delete_elem(fd, &key);
	}
}

void tracer_sweep(struct tracer *tracer)
{
	const struct gotraced *skeleton = tracer->skeleton;
	uint64_t n_noted = skeleton->bss->n_goroutines_noted;

	if (n_noted - tracer->n_noted_at_sweep < SWEEP_AFTER)
		return;
	tracer->n_noted_at_sweep = n_noted;
	sweep_map(bpf_map__fd(skeleton->maps.goroutines), MAX_GOROUTINES);
	sweep_map(bpf_map__fd(skeleton->maps.pages), MAX_PAGES);
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
