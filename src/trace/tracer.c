/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/tracer.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gotraced.skel.h"
#include "gotraced/cookie.h"
#include "trace/attachment.h"
#include "trace/captures.h"
#include "trace/counters.h"
#include "trace/detacher.h"
#include "trace/links.h"
#include "trace/overflow.h"
#include "trace/rings.h"
#include "trace/setup.h"
#include "trace/sweep.h"
#include "trace/tally.h"

struct tracer {
	struct gotraced *skeleton;
	struct rings rings;
	struct overflow overflow;
	enum link_kind link_kind;
	uint64_t reduced_room;
	size_t n_functions;
	int n_cpus;
	struct attachment *attachments; /* the first of them */
	struct detacher detacher; /* of perf events */
	struct links own; /* to functions of our own, for calibration */
	struct tracer_sink sink;
	tracer_own_call *own_call; /* where their calls go; NULL: nowhere */
	void *own_context;
	struct sweep sweep;
};

static void on_call(void *context, uint32_t function, uint64_t duration_ns)
{
	const struct tracer *tracer = context;

	if (function < tracer->n_functions)
		tracer->sink.call(tracer->sink.context, function, duration_ns);
	else if (tracer->own_call)
		tracer->own_call(tracer->own_context, duration_ns);
}

static void on_detail(void *context, const struct call_detail *detail)
{
	const struct tracer *tracer = context;

	if (detail->function < tracer->n_functions)
		tracer->sink.detail(tracer->sink.context, detail);
	else if (tracer->own_call)
		tracer->own_call(tracer->own_context, detail->duration_ns);
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
	tracer->reduced_room = setup.is_room_reduced ? setup.n_in_flight : 0;
	tracer->skeleton = gotraced__open();
	if (!tracer->skeleton)
		return reason_set(why, -errno, "cannot open the BPF programs: %s", strerror(errno));
	err = setup_apply(&setup, tracer->skeleton, &tracer->overflow);
	if (err == -EPERM)
		return kernel_not_permitted(false, why);
	if (err)
		return reason_set(why, err, "cannot set up the BPF programs: %s", strerror(-err));
	err = gotraced__load(tracer->skeleton);
	if (err)
		return kernel_refuses_programs(err, why);
	tracer->rings.take = on_call;
	tracer->rings.take_detail = on_detail;
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
	detacher_fini(&tracer->detacher);
	free(tracer);
}

uint64_t tracer_reduced_room(const struct tracer *tracer)
{
	return tracer->reduced_room;
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

void tracer_remove_process(struct tracer *tracer, pid_t pid)
{
	__u32 tgid = pid;

	bpf_map_delete_elem(bpf_map__fd(tracer->skeleton->maps.processes), &tgid);
}

/* To be called around changes of what is probed, and whenever they may be over. */
static void begin_change(struct tracer *tracer)
{
	tracer->skeleton->bss->is_changing = true;
}

static void end_change(struct tracer *tracer)
{
	if (!detacher_is_busy(&tracer->detacher))
		tracer->skeleton->bss->is_changing = false;
}

int tracer_attach(struct tracer *tracer, const struct attached_plan *attached,
		  struct attachment **ret, struct reason *why)
{
	struct attachment *attachment = malloc(sizeof(*attachment));
	int err;

	if (!attachment)
		return reason_set(why, -ENOMEM, "out of memory");
	err = captures_add_programs(tracer->skeleton, attached, why);
	if (err) {
		free(attachment);
		return err;
	}
	begin_change(tracer);
	err = attachment_init(attachment, attached, tracer->link_kind, tracer->skeleton, why);
	attachment->next = tracer->attachments;
	tracer->attachments = attachment;
	if (err)
		tracer_take_away(tracer, attachment);
	else
		*ret = attachment;
	end_change(tracer);
	return err;
}

int tracer_change(struct tracer *tracer, struct attachment *attachment,
		  const struct attached_plan *attached, struct reason *why)
{
	int err = captures_add_programs(tracer->skeleton, attached, why);

	if (err)
		return err;
	begin_change(tracer);
	err = attachment_change(attachment, attached, tracer->link_kind, tracer->skeleton,
				&tracer->detacher, why);
	end_change(tracer);
	return err;
}

void tracer_take_away(struct tracer *tracer, struct attachment *attachment)
{
	struct attachment **link = &tracer->attachments;

	begin_change(tracer);
	if (tracer->link_kind == LINK_PERF)
		attachment_detach_later(attachment, &tracer->detacher);
	else
		attachment_fini(attachment);
	while (*link != attachment)
		link = &(*link)->next;
	*link = attachment->next;
	free(attachment);
	end_change(tracer);
}

bool tracer_is_detaching(struct tracer *tracer)
{
	return detacher_is_busy(&tracer->detacher);
}

void tracer_start(struct tracer *tracer)
{
	captures_begin(tracer->skeleton);
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
	for (struct attachment *one = tracer->attachments; one; one = one->next)
		attachment_hand_over(one);
	links_hand_over(&tracer->own);
}

void tracer_detach(struct tracer *tracer)
{
	struct attachment *next;

	stop(tracer);
	for (struct attachment *one = tracer->attachments; one; one = next) {
		next = one->next;
		attachment_fini(one);
		free(one);
	}
	tracer->attachments = NULL;
	links_detach(&tracer->own);
}

size_t tracer_n_functions(const struct tracer *tracer)
{
	return tracer->n_functions;
}

int tracer_attach_own(struct tracer *tracer, const struct sites *entries,
		      const struct sites *returns, const struct fetch_program *program,
		      struct reason *why)
{
	const struct gotraced *skeleton = tracer->skeleton;
	int err = 0;

	for (uint32_t i = 0; i < N_ENTRY_KINDS && program && !err; i++)
		err = captures_add_own(skeleton, (uint32_t)tracer->n_functions + i, program);
	if (err)
		return reason_set(why, err, "cannot set up what is taken of calls: %s",
				  strerror(-err));
	err = links_attach(&tracer->own, tracer->link_kind, skeleton->progs.on_return, returns,
			   getpid(), why);

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
	tracer->skeleton->bss->is_counting = false;
}

size_t tracer_fds(const struct tracer *tracer, const int **ret)
{
	*ret = tracer->rings.fds;
	return tracer->rings.n;
}

int tracer_drain(struct tracer *tracer)
{
	end_change(tracer);
	return rings_drain(&tracer->rings);
}

int tracer_drain_overflow(struct tracer *tracer)
{
	if (!tracer->skeleton->bss->has_overflowed)
		return 0;
	tracer->skeleton->bss->has_overflowed = false;
	return overflow_drain(&tracer->overflow, on_overflow, tracer);
}

struct tracer_omissions tracer_omissions(const struct tracer *tracer)
{
	return tally_omissions(tracer->skeleton);
}

uint64_t tracer_n_skipped(const struct tracer *tracer)
{
	return tally_skipped(tracer->skeleton);
}

void tracer_read_loads(const struct tracer *tracer, uint64_t ret[LOAD_PROCESSES])
{
	tally_loads(tracer->skeleton, ret);
}

void tracer_sweep(struct tracer *tracer)
{
	sweep(&tracer->sweep, tracer->skeleton);
}

int tracer_read_counters(const struct tracer *tracer, uint32_t function, struct call_counters *ret)
{
	return counters_read(tracer->skeleton->maps.counters, tracer->n_cpus, function, ret);
}

int tracer_reset_counters(struct tracer *tracer, uint32_t function)
{
	return counters_reset(tracer->skeleton->maps.counters, tracer->n_cpus, function);
}
