/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_FETCH_BPF_H
#define GOTRACED_FETCH_BPF_H

/*
 * Runs fetch programs, as gotraced/fetch.h describes them. What they bring goes into a capture, one for
 * each call in flight of which values are wanted. Captures are kept as frames are: by the goroutine and
 * the number of the frame. Those of its first few frames stay for its next calls, as making one costs
 * more than filling it.
 *
 * A step's address may be anything at all. Memory is read without faults, so that what is not there
 * fails and does no harm; what is read in vain from a pointer that is none stays within the capture.
 */
enum { CAPTURES_KEPT = 4 }; /* of a goroutine */

struct capture {
	__u64 registers[16]; /* of the probe under way, by DWARF's numbers */
	struct call_detail detail; /* what is handed to user space begins here */
	__u8 bytes[]; /* capture_bytes, and some more for a step that goes over the end */
};

/* The sizes of elements are set before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(struct goroutine_key));
	__uint(value_size, sizeof(struct capture) + 2 * FETCH_MAX_STEP_BYTES);
} captures SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct capture) + 2 * FETCH_MAX_STEP_BYTES);
} empty_capture SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32); /* fetch_key */
	__type(value, struct fetch_program);
} fetch_programs SEC(".maps");

/* Set before loading: values or stacks are wanted of some function. */
const volatile bool takes_values;

/* A power of two, FETCH_MAX_BYTES at most: room for what is taken of a call. */
const volatile __u32 capture_bytes = FETCH_MAX_STEP_BYTES;

/* Calls of which nothing was taken, since there was no room for more captures. */
__u64 n_captures_refused;

static __always_inline struct fetch_program *fetch_find(__u32 function, __u32 variant)
{
	__u32 key = fetch_key(function, variant);

	return bpf_map_lookup_elem(&fetch_programs, &key);
}

static __always_inline struct goroutine_key capture_key(const struct frames *frames, __u32 i)
{
	struct goroutine_key key = frames->key;

	key.page = i;
	return key;
}

/* That of the i-th frame; 0 where there is none. */
static __always_inline struct capture *capture_find(const struct frames *frames, __u32 i)
{
	struct goroutine_key key = capture_key(frames, i);

	return bpf_map_lookup_elem(&captures, &key);
}

static __always_inline struct capture *capture_make(const struct frames *frames, __u32 i)
{
	struct goroutine_key key = capture_key(frames, i);
	struct capture *capture = bpf_map_lookup_elem(&captures, &key);
	__u32 zero = 0;
	void *empty;

	if (capture)
		return capture;
	empty = bpf_map_lookup_elem(&empty_capture, &zero);
	if (!empty || bpf_map_update_elem(&captures, &key, empty, BPF_NOEXIST)) {
		__sync_fetch_and_add(&n_captures_refused, 1);
		return 0;
	}
	return bpf_map_lookup_elem(&captures, &key);
}

static __always_inline void capture_forget(const struct frames *frames, __u32 i)
{
	struct goroutine_key key = capture_key(frames, i);

	bpf_map_delete_elem(&captures, &key);
}

/* sp is where the return address lies, whatever the register says by now. */
static __always_inline void take_registers(struct capture *capture, struct pt_regs *ctx, __u64 sp)
{
	capture->registers[0] = ctx->ax;
	capture->registers[1] = ctx->dx;
	capture->registers[2] = ctx->cx;
	capture->registers[3] = ctx->bx;
	capture->registers[4] = ctx->si;
	capture->registers[5] = ctx->di;
	capture->registers[6] = ctx->bp;
	capture->registers[FETCH_SP] = sp;
	capture->registers[8] = ctx->r8;
	capture->registers[9] = ctx->r9;
	capture->registers[10] = ctx->r10;
	capture->registers[11] = ctx->r11;
	capture->registers[12] = ctx->r12;
	capture->registers[13] = ctx->r13;
	capture->registers[14] = ctx->r14;
	capture->registers[15] = ctx->r15;
}

static __always_inline void *capture_at(struct capture *capture, __u32 at)
{
	return &capture->bytes[at & (capture_bytes - 1)];
}

static __always_inline __u64 captured_word(struct capture *capture, __u32 at)
{
	return *(__u64 *)capture_at(capture, at);
}

static __always_inline void fetch_register(struct capture *capture, const struct fetch_step *step)
{
	__u64 value = capture->registers[step->reg % 16];
	void *to = capture_at(capture, step->to);

	switch (step->n_bytes) {
	case 1:
		*(__u8 *)to = value;
		break;
	case 2:
		*(__u16 *)to = value;
		break;
	case 4:
		*(__u32 *)to = value;
		break;
	default:
		*(__u64 *)to = value;
	}
}

/* How much a step is to copy; more than any step may when it fails. */
static __always_inline __u64 fetch_size(struct capture *capture, const struct fetch_step *step)
{
	__u64 count;

	if (step->kind == FETCH_MEMORY || step->kind == FETCH_LENGTH)
		return step->n_bytes;
	count = captured_word(capture, step->count_at);
	if (step->kind == FETCH_ELEMENT)
		return count >> 63 || count <= step->max_count ? ~0ULL : step->n_bytes;
	if (count >> 63)
		return ~0ULL;
	return (count < step->max_count ? count : step->max_count) * step->n_bytes;
}

static __always_inline bool has_failed(const struct capture *capture, __u32 step)
{
	return capture->detail.failed_steps[step / 64 % FETCH_STEP_WORDS] >> (step & 63) & 1;
}

/*
 * What fails leaves zeros, as reading does in vain: what is there of an earlier call is not to be
 * taken for a pointer. What a nil pointer leads to is never there.
 */
static __always_inline bool fetch_memory(struct capture *capture, const struct fetch_step *step)
{
	const __u64 nowhere = ~0ULL;
	__u64 base = step->base_at == FETCH_NOWHERE ? capture->registers[step->reg % 16]
						    : captured_word(capture, step->base_at);
	__u64 n_bytes = fetch_size(capture, step), from = base + step->off;

	if (step->kind == FETCH_LENGTH && !base && !has_failed(capture, step->base_step)) {
		*(__u64 *)capture_at(capture, step->to) = 0;
		return true;
	}
	if (n_bytes > FETCH_MAX_STEP_BYTES || (n_bytes && !base)) {
		n_bytes = step->kind == FETCH_ELEMENTS ? (__u64)step->n_bytes * step->max_count
						       : step->n_bytes;
		from = nowhere;
	}
	if (n_bytes > FETCH_MAX_STEP_BYTES)
		n_bytes = FETCH_MAX_STEP_BYTES;
	return !n_bytes ||
	       !bpf_probe_read_user(capture_at(capture, step->to), n_bytes, (void *)from);
}

struct fetching {
	struct capture *capture;
	const struct fetch_program *program;
	__u32 first;
};

/* A callback of repeat. */
static __noinline long fetch_one(__u32 i, void *context)
{
	struct fetching *fetching = context;
	const struct fetch_program *program = fetching->program;
	struct capture *capture = fetching->capture;
	__u32 at = (fetching->first + i) % FETCH_MAX_STEPS;
	const struct fetch_step *step = &program->steps[at];

	if (step->kind == FETCH_REGISTER)
		fetch_register(capture, step);
	else if (!fetch_memory(capture, step))
		capture->detail.failed_steps[at / 64 % FETCH_STEP_WORDS] |= 1ULL << (at & 63);
	return 0;
}

static __always_inline void fetch_steps(struct capture *capture,
					const struct fetch_program *program, __u32 first, __u32 n)
{
	struct fetching fetching = { capture, program, first };

	if (n)
		repeat(n, FETCH_MAX_STEPS, fetch_one, &fetching);
}

/*
 * The bits of a real in the order of its values, as an unsigned number. Zero has a sign, but is one
 * value.
 */
static __always_inline __u64 ordered(__u64 bits, __u32 n_bytes)
{
	__u64 sign = n_bytes == 4 ? 1ULL << 31 : 1ULL << 63;
	__u64 magnitude = bits & (sign - 1);

	return bits & sign ? sign - magnitude : sign + magnitude;
}

/* A real that is no number is unequal to all of them, and neither less nor greater. */
static __always_inline bool is_nan(__u64 bits, __u32 n_bytes)
{
	__u64 sign = n_bytes == 4 ? 1ULL << 31 : 1ULL << 63;
	__u64 infinity = n_bytes == 4 ? 0xffULL << 23 : 0x7ffULL << 52;

	return (bits & (sign - 1)) > infinity;
}

static __always_inline __u64 captured_number(struct capture *capture, __u32 at, __u32 n_bytes,
					     bool is_signed)
{
	__u64 value = captured_word(capture, at);
	__u32 n_unused_bits = (64 - 8 * n_bytes) & 63;

	value <<= n_unused_bits;
	return is_signed ? (__u64)((__s64)value >> n_unused_bits) : value >> n_unused_bits;
}

static __always_inline bool number_holds(struct capture *capture, const struct fetch_condition *is)
{
	__u64 value = captured_number(capture, is->at, is->n_bytes, is->comparand == FETCH_SIGNED);
	__u64 number = is->number;

	if (is->comparand == FETCH_REAL) {
		if (is_nan(value, is->n_bytes))
			return is->comparison == FETCH_UNEQUAL;
		value = ordered(value, is->n_bytes);
		number = ordered(number, is->n_bytes);
	} else if (is->comparand == FETCH_SIGNED) {
		/* Likewise in the order of unsigned numbers. */
		value ^= 1ULL << 63;
		number ^= 1ULL << 63;
	}
	switch (is->comparison) {
	case FETCH_EQUAL:
		return value == number;
	case FETCH_UNEQUAL:
		return value != number;
	case FETCH_LESS:
		return value < number;
	case FETCH_AT_MOST:
		return value <= number;
	case FETCH_GREATER:
		return value > number;
	default:
		return value >= number;
	}
}

/* All words are looked at, and of the last one the bits that count: without a branch for each. */
static __always_inline bool has_prefix(struct capture *capture, const struct fetch_condition *is)
{
	__u32 n_left = is->n_string_bytes;
	__u64 differing = 0;

	for (__u32 i = 0; i < FETCH_STRING_WORDS; i++) {
		__u64 word = captured_word(capture, is->at + i * sizeof(word));
		__u32 n = n_left < sizeof(word) ? n_left : sizeof(word);
		__u64 counts = n ? ~0ULL >> (64 - 8 * n) : 0;

		differing |= (word ^ is->string[i]) & counts;
		n_left -= n;
	}
	return !differing;
}

static __always_inline bool string_holds(struct capture *capture, const struct fetch_condition *is)
{
	__u64 n_bytes = captured_word(capture, is->length_at);

	if (is->comparison == FETCH_BEGINS_WITH)
		return n_bytes >= is->n_string_bytes && has_prefix(capture, is);
	return (n_bytes == is->n_string_bytes && has_prefix(capture, is)) ==
	       (is->comparison == FETCH_EQUAL);
}

struct judging {
	struct capture *capture;
	const struct fetch_program *program;
	__u32 first;
	bool holds;
};

/* A callback of repeat. */
static __noinline long judge_one(__u32 i, void *context)
{
	struct judging *judging = context;
	struct capture *capture = judging->capture;
	const struct fetch_condition *is =
		&judging->program->conditions[(judging->first + i) % FETCH_MAX_CONDITIONS];

	judging->holds = !((capture->detail.failed_steps[0] & is->needs[0]) |
			   (capture->detail.failed_steps[1] & is->needs[1])) &&
			 (is->comparand == FETCH_STRING ? string_holds(capture, is)
							: number_holds(capture, is));
	return !judging->holds;
}

/* Takes what is to be taken here. False when a condition leaves the call out. */
static __always_inline bool fetch(struct capture *capture, const struct fetch_program *program,
				  const struct fetch_part *part)
{
	struct judging judging = { capture, program, part->first_condition, true };

	fetch_steps(capture, program, part->first_step, part->n_condition_steps);
	if (part->n_conditions)
		repeat(part->n_conditions, FETCH_MAX_CONDITIONS, judge_one, &judging);
	if (!judging.holds)
		return false;
	fetch_steps(capture, program, part->first_step + part->n_condition_steps,
		    part->n_steps - part->n_condition_steps);
	return true;
}

#endif
