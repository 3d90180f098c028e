/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/calibrate.h"

#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "trace/links.h"

/*
 * What a traced call costs
 * ========================
 *
 * The functions below do as little as a Go function can, each with another of the instructions at
 * which the entry of a Go function is probed, and g in R14 as Go has it. They are called in batches,
 * first as they are and then probed. What a batch takes longer is the cost of its calls, and what
 * the tracer measures for an empty function is the bias: the part of the cost that every figure
 * contains. Of all batches, and of all calls, the median is taken: other work on the machine only
 * ever makes them longer.
 */
extern const char calibrated_jbe[], calibrated_jbe_entry[], calibrated_jbe_return[];
extern const char calibrated_push[], calibrated_push_return[];
extern const char calibrated_first[], calibrated_first_return[];

/* Calls the function n times, with g in R14. */
extern void calibrated_call(void *g, uint64_t n, const char *function);

__asm__(".text\n"
	".p2align 4\n"
	"calibrated_jbe:\n"
	"	cmp 16(%r14), %rsp\n"
	"calibrated_jbe_entry:\n"
	"	jbe calibrated_jbe_return\n"
	"	nop\n"
	"calibrated_jbe_return:\n"
	"	ret\n"
	".p2align 4\n"
	"calibrated_push:\n"
	"	push %rbp\n"
	"	mov %rsp, %rbp\n"
	"	pop %rbp\n"
	"calibrated_push_return:\n"
	"	ret\n"
	".p2align 4\n"
	"calibrated_first:\n"
	"	mov %rdi, %rax\n"
	"calibrated_first_return:\n"
	"	ret\n"
	".p2align 4\n"
	"calibrated_call:\n"
	"	push %rbx\n"
	"	push %r12\n"
	"	push %r14\n"
	"	mov %rdi, %r14\n"
	"	mov %rsi, %rbx\n"
	"	mov %rdx, %r12\n"
	"1:	call *%r12\n"
	"	dec %rbx\n"
	"	jnz 1b\n"
	"	pop %r14\n"
	"	pop %r12\n"
	"	pop %rbx\n"
	"	ret\n");

enum {
	N_BATCHES = 15,
	N_CALLS = 40, /* in a batch */
	GOID_OFF = 152,
};

/* As much of a runtime.g as the probes read. */
struct fake_g {
	uint64_t stack_lo, stack_hi, stackguard0;
	uint8_t reserved[GOID_OFF - 3 * sizeof(uint64_t)];
	uint64_t goid;
	uint8_t rest[COOKIE_MAX_GOID_OFF - GOID_OFF];
};
_Static_assert(offsetof(struct fake_g, goid) == GOID_OFF, "where the cookie says");

static const struct {
	const char *function, *entry, *ret;
	uint8_t flags;
} calibrated[N_ENTRY_KINDS] = {
	[ENTRY_JBE] = { calibrated_jbe, calibrated_jbe_entry, calibrated_jbe_return,
			COOKIE_IS_JBE },
	[ENTRY_PUSH] = { calibrated_push, calibrated_push, calibrated_push_return, 0 },
	[ENTRY_FIRST] = { calibrated_first, calibrated_first, calibrated_first_return, 0 },
};

/* The durations that the tracer reports of the calls. */
struct durations {
	uint64_t ns[N_BATCHES * N_CALLS];
	size_t n;
};

static void on_call(void *context, uint64_t duration_ns)
{
	struct durations *durations = context;

	if (durations->n < sizeof(durations->ns) / sizeof(durations->ns[0]))
		durations->ns[durations->n++] = duration_ns;
}

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static uint64_t median(uint64_t *of, size_t n)
{
	qsort(of, n, sizeof(*of), by_size);
	return n ? of[n / 2] : 0;
}

/* What a call takes, in ns. */
static uint64_t measure(const char *function)
{
	struct fake_g g = { .goid = 1 };
	uint64_t batches[N_BATCHES];

	g.stack_hi = (uintptr_t)&g + sizeof(g);
	for (size_t i = 0; i < N_BATCHES; i++) {
		uint64_t start_ns = kernel_now_ns();

		calibrated_call(&g, N_CALLS, function);
		batches[i] = kernel_now_ns() - start_ns;
	}
	return median(batches, N_BATCHES) / N_CALLS;
}

/* Where we were loaded, as against the addresses in our file. The first object is the program. */
static int note_base(struct dl_phdr_info *info, size_t n_bytes, void *context)
{
	(void)n_bytes;
	*(uint64_t *)context = info->dlpi_addr;
	return 1;
}

static int add_sites(struct sites *entries, struct sites *returns, uint32_t first_function)
{
	uint64_t base = 0;
	int err = 0;

	dl_iterate_phdr(note_base, &base);
	for (uint32_t kind = 0; kind < N_ENTRY_KINDS && !err; kind++) {
		struct cookie cookie = {
			.function = first_function + kind,
			.goid_off = GOID_OFF,
		};

		err = sites_add(returns, (uintptr_t)calibrated[kind].ret - base, cookie);
		cookie.flags = calibrated[kind].flags;
		if (!err)
			err = sites_add(entries, (uintptr_t)calibrated[kind].entry - base, cookie);
	}
	return err;
}

static int attach(struct tracer *tracer, const struct fetch_program *program, struct reason *why)
{
	struct elf_file *elf;
	int err = elf_file_open("/proc/self/exe", &elf, why);
	struct sites entries = { .elf = elf }, returns = { .elf = elf };

	if (err)
		return err;
	err = add_sites(&entries, &returns, tracer_n_functions(tracer));
	if (err)
		reason_set(why, err, "cannot place the probes in gotraced itself: %s",
			   strerror(-err));
	else
		err = tracer_attach_own(tracer, &entries, &returns, program, why);
	sites_fini(&entries);
	sites_fini(&returns);
	elf_file_close(elf);
	return err;
}

int calibrate(struct tracer *tracer, const struct fetch_program *program, struct calibration *ret,
	      struct reason *why)
{
	uint64_t untraced_ns[N_ENTRY_KINDS];
	int err;

	*ret = (struct calibration){ 0 };
	for (uint32_t kind = 0; kind < N_ENTRY_KINDS; kind++)
		untraced_ns[kind] = measure(calibrated[kind].function);
	err = attach(tracer, program, why);
	if (err)
		return err;
	for (uint32_t kind = 0; kind < N_ENTRY_KINDS && !err; kind++) {
		struct durations durations = { .n = 0 };
		uint64_t traced_ns = measure(calibrated[kind].function);

		err = tracer_drain_own(tracer, on_call, &durations);
		ret->of[kind] = (struct probe_cost){
			.call_ns =
				traced_ns > untraced_ns[kind] ? traced_ns - untraced_ns[kind] : 0,
			.bias_ns = median(durations.ns, durations.n),
		};
	}
	tracer_end_own(tracer);
	return err ? reason_set(why, err, "cannot read the ring buffer: %s", strerror(-err)) : 0;
}
