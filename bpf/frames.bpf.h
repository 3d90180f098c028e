/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_FRAMES_BPF_H
#define GOTRACED_FRAMES_BPF_H

/*
 * How a call is paired
 * ====================
 *
 * Each goroutine with traced calls in flight has a record, found by (process, g), with a stack of
 * frames: one for each such call, ordered by depth, the innermost on top. Only the goroutine's own
 * thread of the moment touches it, so it needs no lock.
 *
 * An entry at depth d pushes a frame. Whatever is on top at d or deeper cannot be live any more,
 * since the new call's return address lies where those had theirs: it is popped and counted as
 * unwound. A return at depth d pops what is deeper, likewise unwound; then the top is the frame at
 * d itself, and its start time gives the duration. When it is not there, the call began before the
 * probes, and the return is counted as unmatched. The unwinding of a panic and the end of a
 * goroutine by runtime.Goexit pop without waiting for the next entry or return.
 *
 * There is one exception. A function may end by jumping to another one, as a method's wrapper does,
 * and what it jumped to runs at the same depth. An entry at such a place leaves the frame of the
 * function that jumped below its own, and the return ends them both.
 *
 * The first frames of a goroutine are part of its record, so that most hits cost one map lookup;
 * deeper ones lie in pages of a second map, keyed by goroutine and page number. A page lives only
 * while it has frames. A record without frames stays for the goroutine's next call, since making one
 * anew for each costs more than the rest. There are never more of them than the process had
 * goroutines at one time, as Go uses a runtime.g again, but these may be too many: once
 * max_idle_goroutines have a record, it goes with the last frame. The map has room for so many more
 * than the calls in flight that it must hold. Records of processes that have ended are cleared away
 * by user space.
 *
 * A frame also counts the traced calls that its call made, and those that these made: each cost its
 * caller the time of two probes.
 */
enum {
	FRAMES_IN_RECORD = 6,
};

struct frame {
	__u64 start_ns;
	__u32 depth; /* bytes from g.stack.hi down to the return address */
	__u32 n_within; /* traced calls that have ended within it; no more than fit */
	__u32 function : 24;
	__u32 jumps : 1; /* it may end by a jump to another function, which runs at its depth */
	__u32 is_left_out : 1; /* by a condition: it is paired, and counts nowhere */
	__u32 is_captured : 1; /* something was taken at its entry, or is to be at its return */
	__u32 gives_results : 1; /* something is to be taken at its return */
	__u32 is_untold : 1; /* too many calls were told of already: nothing was taken */
};

struct goroutine {
	struct goroutine_id id; /* as the last entry had it */
	__u64 birth; /* of the process */
	__u32 n_frames; /* in the record and in pages together */
	__u32 reserved;
	struct frame frames[FRAMES_IN_RECORD];
};

struct frames_page {
	struct frame frames[FRAMES_IN_PAGE];
};

/* The limits are set before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct goroutine_key);
	__type(value, struct goroutine);
} goroutines SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct goroutine_key);
	__type(value, struct frames_page);
} pages SEC(".maps");

static const struct frames_page empty_page;
static const struct goroutine new_goroutine;

/* Set before loading. */
const volatile __u64 max_idle_goroutines;

/*
 * How many records were ever made, and how many were removed. By these, user space knows when to
 * clear away.
 */
__u64 n_goroutines_noted, n_goroutines_forgotten;

/* How often there was no room for one. */
__u64 n_goroutines_refused;

/* A goroutine being looked at: its key and its record. */
struct frames {
	struct goroutine_key key;
	struct goroutine *goroutine;
};

static __always_inline struct frame *page_frame(struct frames *frames, __u32 i, bool may_create)
{
	struct goroutine_key key = frames->key;
	struct frames_page *page;

	i -= FRAMES_IN_RECORD;
	key.page = 1 + i / FRAMES_IN_PAGE;
	page = bpf_map_lookup_elem(&pages, &key);
	if (!page && may_create) {
		bpf_map_update_elem(&pages, &key, &empty_page, BPF_NOEXIST);
		page = bpf_map_lookup_elem(&pages, &key);
	}
	if (!page)
		return 0;
	barrier_var(page); /* or clang adds to the pointer before the check, which the verifier
			      refuses */
	return &page->frames[i % FRAMES_IN_PAGE];
}

/* The i-th frame from the outermost. */
static __always_inline struct frame *frame_at(struct frames *frames, __u32 i, bool may_create)
{
	if (i < FRAMES_IN_RECORD)
		return &frames->goroutine->frames[i];
	return page_frame(frames, i, may_create);
}

static __always_inline struct frame *frames_top(struct frames *frames)
{
	__u32 n = frames->goroutine->n_frames;

	return n ? frame_at(frames, n - 1, false) : 0;
}

/* Forgets the top frame, and the page that it leaves empty. */
static __always_inline void frames_pop(struct frames *frames, struct frame *top)
{
	__u64 n_ended = top->n_within + 1ULL;
	__u32 i = --frames->goroutine->n_frames;
	struct frame *caller = frames_top(frames);

	if (caller)
		caller->n_within =
			caller->n_within + n_ended > ~0U ? ~0U : caller->n_within + n_ended;
	if (i >= FRAMES_IN_RECORD && (i - FRAMES_IN_RECORD) % FRAMES_IN_PAGE == 0) {
		struct goroutine_key key = frames->key;

		key.page = 1 + (i - FRAMES_IN_RECORD) / FRAMES_IN_PAGE;
		bpf_map_delete_elem(&pages, &key);
	}
}

/* The counters of its function; 0 when that is forgotten, and its number another's by now. */
static __always_inline struct call_counters *frame_counters(const struct frame *frame)
{
	__u32 function = frame->function;
	struct call_counters *counts = bpf_map_lookup_elem(&counters, &function);

	if (!counts || frame->start_ns < counts->since_ns)
		return 0;
	return counts;
}

/* Counts how the call of a frame ended. False when it is of a function that is forgotten. */
static __always_inline bool frame_count_end(const struct frame *frame, enum call_counter end)
{
	struct call_counters *counts = frame_counters(frame);

	if (!counts)
		return false;
	__sync_fetch_and_add(&counts->n[end], 1);
	return true;
}

/* Looks the goroutine up. False when it has no record and none may be, or can be, made. */
static __always_inline bool frames_begin(struct frames *frames, __u64 g, __u32 process,
					 bool may_create)
{
	frames->key = (struct goroutine_key){ .g = g, .process = process };
	frames->goroutine = bpf_map_lookup_elem(&goroutines, &frames->key);
	if (!frames->goroutine && may_create) {
		if (bpf_map_update_elem(&goroutines, &frames->key, &new_goroutine, BPF_NOEXIST)) {
			__sync_fetch_and_add(&n_goroutines_refused, 1);
			return false;
		}
		__sync_fetch_and_add(&n_goroutines_noted, 1);
		frames->goroutine = bpf_map_lookup_elem(&goroutines, &frames->key);
	}
	return frames->goroutine != 0;
}

/* To be called last where frames were popped: true when the record is gone. */
static __always_inline bool frames_end(struct frames *frames)
{
	if (frames->goroutine->n_frames ||
	    n_goroutines_noted - n_goroutines_forgotten <= max_idle_goroutines ||
	    bpf_map_delete_elem(&goroutines, &frames->key))
		return false;
	__sync_fetch_and_add(&n_goroutines_forgotten, 1);
	return true;
}

#endif
