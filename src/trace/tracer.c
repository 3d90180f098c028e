/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/tracer.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gotraced.skel.h"
#include "gotraced/cookie.h"
#include "gotraced/goroutine_key.h"
#include "trace/attachment.h"
#include "trace/links.h"
#include "trace/overflow.h"
#include "trace/probes.h"
#include "trace/rings.h"
#include "trace/setup.h"

enum {
	SWEEP_AFTER = 1 << 16, /* so many new records of goroutines, at most */
	SWEEP_SHARE = 8, /* of the table, at most */
};

struct tracer {
	struct gotraced *skeleton;
	struct rings rings;
	struct overflow overflow;
	enum link_kind link_kind;
	size_t n_functions;
	int n_cpus;
	struct attachment *attachments;
	size_t n_attachments;
	bool *is_detached; /* by function */
	struct links own; /* to functions of our own, for calibration */
	struct tracer_sink sink;
	tracer_own_call *own_call; /* where their calls go; NULL: nowhere */
	void *own_context;
	uint64_t n_wanted_at_sweep, sweep_after; /* records of goroutines */
};

static void on_call(void *context, uint32_t function, uint64_t duration_ns)
{
	const struct tracer *tracer = context;

	if (function < tracer->n_functions)
		tracer->sink.call(tracer->sink.context, function, duration_ns);
	else if (tracer->own_call)
		tracer->own_call(tracer->own_context, duration_ns);
}

static void on_overflow(void *context, uint32_t function, uint32_t part,
			const struct overflow_part *durations)
{
	const struct tracer *tracer = context;

	if (function < tracer->n_functions && part < OVERFLOW_PARTS)
		tracer->sink.overflow(tracer->sink.context, function, part, durations);
}

static int load(struct tracer *tracer, const struct tracer_params *params,
		const struct kernel *kernel, struct reason *why)
{
	const struct setup setup = setup_make(params, kernel, tracer->n_cpus);
	int err;

	tracer->link_kind = setup.is_multi ? LINK_MULTI : LINK_PERF;
	tracer->skeleton = gotraced__open();
	if (!tracer->skeleton)
		return reason_set(why, -errno, "cannot open the BPF programs: %s", strerror(errno));
	err = setup_apply(&setup, tracer->skeleton, &tracer->overflow);
	if (err == -EPERM)
		return kernel_not_permitted(false, why);
	if (err)
		return reason_set(why, err, "cannot set up the BPF programs: %s", strerror(-err));
	err = gotraced__load(tracer->skeleton);
	if (err == -EPERM)
		return kernel_not_permitted(false, why);
	if (err)
		return reason_set(
			why, err,
			"the kernel does not accept the BPF programs: %s; --debug shows why%s",
			strerror(-err), err == -EACCES ? ", or a security module forbids BPF" : "");
	tracer->rings.take = on_call;
	tracer->rings.context = tracer;
	err = rings_init(&tracer->rings, bpf_map__fd(tracer->skeleton->maps.rings), tracer->n_cpus,
			 setup.ring_bytes);
	if (err)
		return reason_set(why, err, "cannot make %d ring buffers of %lu bytes: %s",
				  tracer->n_cpus, setup.ring_bytes, strerror(-err));
	err = overflow_begin(&tracer->overflow);
	return err ? reason_set(why, err, "cannot set up the overflow histogram: %s",
				strerror(-err))
		   : 0;
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
	if (params->n_functions == 0 || params->n_functions > TRACER_MAX_FUNCTIONS)
		return reason_set(why, -E2BIG, "%zu functions cannot be traced at once",
				  params->n_functions);
	tracer = calloc(1, sizeof(*tracer));
	if (!tracer)
		return reason_set(why, -ENOMEM, "out of memory");
	tracer->n_functions = params->n_functions;
	tracer->n_cpus = libbpf_num_possible_cpus();
	tracer->sink = *sink;
	tracer->is_detached = calloc(params->n_functions, sizeof(*tracer->is_detached));
	if (!tracer->is_detached)
		err = reason_set(why, -ENOMEM, "out of memory");
	else
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
	free(tracer->attachments);
	free(tracer->is_detached);
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
				  strerror(errno), TRACER_MAX_PROCESSES);
	return 0;
}

int tracer_attach(struct tracer *tracer, const struct plan *plan, uint32_t first_function,
		  struct reason *why)
{
	const struct attached_plan attached = { plan, first_function, tracer->is_detached };
	struct attachment *grown =
		reallocarray(tracer->attachments, tracer->n_attachments + 1, sizeof(*grown));

	if (!grown)
		return reason_set(why, -ENOMEM, "out of memory");
	tracer->attachments = grown;
	return attachment_init(&grown[tracer->n_attachments++], &attached, tracer->link_kind,
			       tracer->skeleton, why);
}

/*
 * The one link of all sites cannot be had smaller. So a second one is set beside it and the first
 * taken away, while the programs see to it that a hit which both of them see counts once.
 */
static int relink(struct tracer *tracer, struct attachment *attachment,
		  const struct attached_plan *attached, struct reason *why)
{
	bool *is_relinking = &tracer->skeleton->bss->is_relinking;
	struct attachment next;
	int err;

	*is_relinking = true;
	err = attachment_init(&next, attached, tracer->link_kind, tracer->skeleton, why);
	if (err) {
		attachment_fini(&next);
	} else {
		attachment_fini(attachment);
		*attachment = next;
	}
	*is_relinking = false;
	return err;
}

int tracer_detach_function(struct tracer *tracer, const struct plan *plan, uint32_t first_function,
			   uint32_t function, struct reason *why)
{
	const struct attached_plan attached = { plan, first_function, tracer->is_detached };
	struct attachment *attachment = tracer->attachments;

	while (attachment->plan != plan)
		attachment++;
	tracer->is_detached[function] = true;
	if (tracer->link_kind == LINK_MULTI)
		return relink(tracer, attachment, &attached, why);
	links_detach_function(&attachment->entries, function);
	links_detach_function(&attachment->returns, function);
	return 0;
}

void tracer_start(struct tracer *tracer)
{
	tracer->skeleton->bss->is_counting = true;
}

static void stop(struct tracer *tracer)
{
	if (tracer->skeleton && tracer->skeleton->bss)
		tracer->skeleton->bss->is_counting = false;
}

int tracer_stop(struct tracer *tracer)
{
	stop(tracer);
	/* Waits for the programs that run, which may not have seen that. */
	return overflow_drain(&tracer->overflow, on_overflow, tracer);
}

void tracer_hand_over(struct tracer *tracer)
{
	for (size_t i = 0; i < tracer->n_attachments; i++) {
		links_hand_over(&tracer->attachments[i].entries);
		links_hand_over(&tracer->attachments[i].returns);
	}
	links_hand_over(&tracer->own);
}

void tracer_detach(struct tracer *tracer)
{
	stop(tracer);
	for (size_t i = 0; i < tracer->n_attachments; i++)
		attachment_fini(&tracer->attachments[i]);
	tracer->n_attachments = 0;
	links_detach(&tracer->own);
}

size_t tracer_n_functions(const struct tracer *tracer)
{
	return tracer->n_functions;
}

int tracer_attach_own(struct tracer *tracer, const struct sites *entries,
		      const struct sites *returns, struct reason *why)
{
	const struct gotraced *skeleton = tracer->skeleton;
	int err = tracer_add_process(tracer, getpid(), why);

	if (!err)
		err = links_attach(&tracer->own, tracer->link_kind, skeleton->progs.on_return,
				   returns, getpid(), why);
	if (!err)
		err = links_attach(&tracer->own, tracer->link_kind, skeleton->progs.on_entry,
				   entries, getpid(), why);
	skeleton->bss->is_counting = !err;
	return err;
}

int tracer_drain_own(struct tracer *tracer, tracer_own_call *call, void *context)
{
	int err;

	tracer->own_call = call;
	tracer->own_context = context;
	err = tracer_drain(tracer);
	tracer->own_call = NULL;
	return err;
}

void tracer_end_own(struct tracer *tracer)
{
	__u32 tgid = getpid();

	tracer->skeleton->bss->is_counting = false;
	bpf_map_delete_elem(bpf_map__fd(tracer->skeleton->maps.processes), &tgid);
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

uint64_t tracer_n_skipped(const struct tracer *tracer)
{
	struct bpf_program *program;
	uint64_t n = 0;

	bpf_object__for_each_program(program, tracer->skeleton->obj) {
		struct bpf_prog_info info = { 0 };
		__u32 n_bytes = sizeof(info);

		if (!bpf_prog_get_info_by_fd(bpf_program__fd(program), &info, &n_bytes))
			n += info.recursion_misses;
	}
	return n;
}

void tracer_read_loads(const struct tracer *tracer, uint64_t ret[LOAD_PROCESSES])
{
	memset(ret, 0, LOAD_PROCESSES * sizeof(*ret));
	for (int cpu = 0; cpu < LOAD_CPUS; cpu++)
		for (int i = 0; i < LOAD_PROCESSES; i++)
			ret[i] += tracer->skeleton->bss->process_calls[cpu][i];
}

void tracer_sweep(struct tracer *tracer)
{
	const struct gotraced *skeleton = tracer->skeleton;
	uint64_t n_wanted = skeleton->bss->n_goroutines_noted + skeleton->bss->n_goroutines_refused;
	uint64_t room = bpf_map__max_entries(skeleton->maps.goroutines) / SWEEP_SHARE;
	uint64_t least = room < SWEEP_AFTER ? room : SWEEP_AFTER;
	size_t n_removed;

	if (tracer->sweep_after < least)
		tracer->sweep_after = least;
	if (n_wanted - tracer->n_wanted_at_sweep < tracer->sweep_after)
		return;
	tracer->n_wanted_at_sweep = n_wanted;
	n_removed = sweep_map(skeleton->maps.goroutines);
	__atomic_fetch_add(&skeleton->bss->n_goroutines_forgotten, n_removed, __ATOMIC_RELAXED);
	sweep_map(skeleton->maps.pages);
	/* Where all processes live, it is in vain, and takes its time: less and less often, then. */
	tracer->sweep_after = n_removed ? least : 2 * tracer->sweep_after;
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
