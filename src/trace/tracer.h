/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_TRACER_H
#define GOTRACED_TRACE_TRACER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "gotraced/cookie.h"
#include "gotraced/fetch.h"
#include "gotraced/load.h"
#include "gotraced/overflow.h"
#include "gotraced/record.h"
#include "plan/plan.h"
#include "reason.h"
#include "trace/kernel.h"

/*
 * The tracer owns what is in the kernel: the BPF programs, their maps, and every link to a probe
 * site.
 *
 * Its life: tracer_open loads the programs; tracer_attach sets the probes of a plan, as often as
 * there are plans; tracer_start; tracer_drain and tracer_read_counters while they run, and
 * tracer_attach, tracer_change and tracer_take_away as plans come and go; tracer_detach takes all
 * probes away, after which what was counted can still be drained and read; tracer_close.
 */
struct tracer;
struct attachment;
struct sites;

enum {
	/* Beside which there are those of gotraced itself, for calibration. */
	TRACER_MAX_FUNCTIONS = COOKIE_MAX_FUNCTIONS - N_ENTRY_KINDS,
	TRACER_MAX_PROCESSES = 4096,
};

enum link_kind {
	LINK_AUTO, /* multi where the kernel has it */
	LINK_MULTI, /* one uprobe_multi link for thousands of sites */
	LINK_PERF, /* one perf event a site */
};

/* What is told of single calls. All zero: nothing. */
struct tracer_details {
	bool are_given;
	bool are_of_unwound; /* calls as well */
	bool are_for_trees; /* all that is needed to tell which call was made within which */
	bool have_values; /* fetch programs come with the plans */
	bool have_stacks;
	bool have_conditions; /* among the values */
	uint32_t capture_bytes; /* room for both, of a call; FETCH_MAX_BYTES at most */
	uint64_t from_ns; /* of calls that take at least this */
	uint64_t max_per_second; /* 0: no limit */
};

struct tracer_params {
	size_t n_functions; /* how many there is room for: their indices are less */
	enum link_kind link_kind;
	bool leaves_ret_alone; /* have the kernel step over RETs where the program could do them */
	uint64_t n_in_flight; /* so many calls find room at one time; 0: as many as is usual, */
	uint64_t max_table_bytes; /* or fewer, so as to take no more than this; 0: no limit */
	uint64_t ring_bytes; /* of each CPU's ring buffer, a power of two; 0: by the CPUs */
	struct tracer_details details;
};

/* Receives what was measured. */
struct tracer_sink {
	void *context;
	/* A call that returned. */
	void (*call)(void *context, uint32_t function, uint64_t duration_ns);
	/*
	 * One with its details: such a call is not handed over twice. The function, the end and the
	 * sizes were checked; values and frames lie right behind, for the duration of the call.
	 */
	void (*detail)(void *context, const struct call_detail *detail);
	/*
	 * Calls that returned while the ring buffer was full: buckets part * OVERFLOW_BUCKETS and
	 * the following.
	 */
	void (*overflow)(void *context, uint32_t function, uint32_t part,
			 const struct overflow_part *durations);
};

/* How much kernel memory tracing may come to take for these, when all room is used. */
uint64_t tracer_max_bytes(const struct tracer_params *params);

int tracer_open(struct tracer **ret, const struct tracer_params *params,
		const struct kernel *kernel, const struct tracer_sink *sink, struct reason *why);
void tracer_close(struct tracer *tracer);

/* For how many calls in flight there is room, if for want of memory that is less than usual; else 0. */
uint64_t tracer_reduced_room(const struct tracer *tracer);

/* The links that are used: LINK_MULTI or LINK_PERF. */
enum link_kind tracer_link_kind(const struct tracer *tracer);

/* Does the BPF program do the RETs that it sits at? Else the kernel steps over them. */
bool tracer_emulates_ret(const struct tracer *tracer);

/*
 * A process whose calls count where a plan is attached for chosen ones; pid is as our own pid
 * namespace sees it. At most TRACER_MAX_PROCESSES of them.
 */
int tracer_add_process(struct tracer *tracer, pid_t pid, struct reason *why);
void tracer_remove_process(struct tracer *tracer, pid_t pid);

/* What of a plan is to be probed. */
struct attached_plan {
	const struct plan *plan;
	/*
	 * For each of its traced functions, by plan_function.index: the index by which it is
	 * counted, or NOT_ATTACHED. Functions of different programs may share one.
	 */
	const uint32_t *functions;
	bool is_for_chosen; /* processes; else for all */
	/* By the same index, what is to be taken of calls; NULL: nothing, of any function. */
	const struct fetch_program *const *programs;
	uint32_t variant; /* less than FETCH_VARIANTS; no other plan of these functions has it */
};

enum { NOT_ATTACHED = COOKIE_MAX_FUNCTIONS };

/*
 * Sets the probes of a plan; returns first, so that no call is begun that cannot end. The plan's
 * file must stay open for the duration of the call only. What is returned is the tracer's.
 */
int tracer_attach(struct tracer *tracer, const struct attached_plan *attached,
		  struct attachment **ret, struct reason *why);

/*
 * Probes other functions of the plan that an attachment is of. Calls of those that stay are counted
 * as ever, but for those that are unmatched or not started in these some hundred milliseconds. What
 * is counted of those that go means nothing from then on.
 */
int tracer_change(struct tracer *tracer, struct attachment *attachment,
		  const struct attached_plan *attached, struct reason *why);

/* Takes the probes of a plan away, and frees the attachment. */
void tracer_take_away(struct tracer *tracer, struct attachment *attachment);

/* Are probes being taken away in the background that may still count? */
bool tracer_is_detaching(struct tracer *tracer);

/*
 * The same for functions of gotraced itself, in its own process only, which then count at once; the
 * cookies give them indices from tracer_n_functions on, N_ENTRY_KINDS at most; program is what is
 * taken of their calls, or NULL. tracer_drain_own hands over the durations of these, in the order in
 * which they were made on each CPU; tracer_end_own stops counting, and leaves it to tracer_detach to
 * take the probes away, which nobody runs into any more.
 */
typedef void tracer_own_call(void *context, uint64_t duration_ns);

size_t tracer_n_functions(const struct tracer *tracer);
int tracer_attach_own(struct tracer *tracer, const struct sites *entries,
		      const struct sites *returns, const struct fetch_program *program,
		      struct reason *why);
int tracer_drain_own(struct tracer *tracer, tracer_own_call *call, void *context);
void tracer_end_own(struct tracer *tracer);

/* Begins to count, once what there is to begin with is attached. */
void tracer_start(struct tracer *tracer);

/*
 * Makes the place of a function another's: counts from 0, and not what began before. 0 or -errno.
 */
int tracer_reset_counters(struct tracer *tracer, uint32_t function);

/*
 * Stops counting: on return nothing is counted any more. The probes stay, and cost what they cost.
 * 0 or -errno.
 */
int tracer_stop(struct tracer *tracer);

/* Stops counting, and takes all probes away. For each perf event it takes a tenth of a second. */
void tracer_detach(struct tracer *tracer);

/*
 * Leaves the probes to another process that shares our file descriptors: tracer_close does not take
 * them away.
 */
void tracer_hand_over(struct tracer *tracer);

/*
 * The ring buffers, for epoll, edge-triggered: readable when one is so full that it should be
 * drained at once.
 */
size_t tracer_fds(const struct tracer *tracer, const int **ret);

/* Hands the records in the ring buffers to the sink. 0 or -errno. */
int tracer_drain(struct tracer *tracer);

/* The same for what found the ring buffers full, if anything did. 0 or -errno. */
int tracer_drain_overflow(struct tracer *tracer);

/*
 * Clears away what the kernel still holds of processes that have ended, once enough has come
 * together. To be called now and then; their calls stay counted as in flight.
 */
void tracer_sweep(struct tracer *tracer);

/* What was left out of what is told of single calls. */
struct tracer_omissions {
	uint64_t n_over_limit; /* more than max_per_second */
	uint64_t n_dropped; /* the ring buffer was full */
	uint64_t n_bare; /* calls of which nothing was taken, for want of memory */
};
struct tracer_omissions tracer_omissions(const struct tracer *tracer);

/* How often the kernel did not run one of our programs, since it was running one already. */
uint64_t tracer_n_skipped(const struct tracer *tracer);

/*
 * How many traced calls have begun in each process: the one with id pid counts in
 * ret[pid % LOAD_PROCESSES]. Takes no system call.
 */
void tracer_read_loads(const struct tracer *tracer, uint64_t ret[LOAD_PROCESSES]);

int tracer_read_counters(const struct tracer *tracer, uint32_t function, struct call_counters *ret);

#endif
