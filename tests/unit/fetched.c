/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetched.h"

#include <string.h>

#include "gotraced/goroutine_key.h"

/* What the kernel has, and libbpf declares, as far as bpf/fetch.bpf.h uses it. */
#define SEC(name)
#define __uint(name, value) int(*name)[value]
#define __type(name, value) value *name
#ifndef __always_inline
#define __always_inline inline
#endif
#define __noinline __attribute__((noinline))

enum { BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_ARRAY, BPF_NOEXIST };

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx;
	unsigned long r11, r10, r9, r8, ax, cx, dx, si, di, sp;
};

struct frames {
	struct goroutine_key key;
};

/* There is one capture, and it is not kept in maps. */
static void *bpf_map_lookup_elem(const void *map __attribute__((unused)),
				 const void *key __attribute__((unused)))
{
	return NULL;
}

static long bpf_map_update_elem(const void *map, const void *key,
				const void *value __attribute__((unused)),
				__u64 flags __attribute__((unused)))
{
	return bpf_map_lookup_elem(map, key) ? 0 : -1;
}

static long bpf_map_delete_elem(const void *map, const void *key)
{
	return bpf_map_lookup_elem(map, key) ? 0 : -1;
}

enum { MAX_PLACES = 256 };

static struct {
	uint64_t address;
	const uint8_t *bytes;
	size_t n_bytes;
} places[MAX_PLACES];
static size_t n_places;

/* As the helper: all of it, or an error and zeros. */
static long bpf_probe_read_user(void *to, __u32 n_bytes, const void *from)
{
	uint64_t address = (uint64_t)from;

	for (size_t i = 0; i < n_places; i++)
		if (address >= places[i].address &&
		    address - places[i].address <= places[i].n_bytes &&
		    n_bytes <= places[i].n_bytes - (address - places[i].address)) {
			memcpy(to, places[i].bytes + (address - places[i].address), n_bytes);
			return 0;
		}
	memset(to, 0, n_bytes);
	return -1;
}

static bool repeat(__u32 n_at_most, __u32 n_unrolled, long (*callback)(__u32, void *),
		   void *context)
{
	for (__u32 i = 0; i < n_at_most && i < n_unrolled; i++)
		if (callback(i, context))
			break;
	return n_at_most <= n_unrolled;
}

/* So that capture_bytes can be set, as before loading; what is handed over loses the word there, too. */
#define const
#include "../../bpf/fetch.bpf.h"
#undef const

uint64_t fetched_at_entry[16], fetched_at_return[16];

static _Alignas(8) uint8_t buffer[sizeof(struct capture) + FETCH_MAX_BYTES + FETCH_MAX_STEP_BYTES];
static struct capture *const capture = (struct capture *)buffer;

void fetched_init(void)
{
	n_places = 0;
	memset(buffer, 0, sizeof(buffer));
	memset(fetched_at_entry, 0, sizeof(fetched_at_entry));
	memset(fetched_at_return, 0, sizeof(fetched_at_return));
}

void fetched_put(uint64_t address, const void *bytes, size_t n_bytes)
{
	if (n_places == MAX_PLACES)
		__builtin_trap();
	places[n_places].address = address;
	places[n_places].bytes = bytes;
	places[n_places++].n_bytes = n_bytes;
}

void fetched_soil(uint8_t byte)
{
	memset(capture->bytes, byte, FETCH_MAX_BYTES);
}

static bool run(const struct fetch_program *program, const struct fetch_part *part,
		const uint64_t *registers)
{
	struct pt_regs ctx = {
		.ax = registers[0],
		.dx = registers[1],
		.cx = registers[2],
		.bx = registers[3],
		.si = registers[4],
		.di = registers[5],
		.bp = registers[6],
		.r8 = registers[8],
		.r9 = registers[9],
		.r10 = registers[10],
		.r11 = registers[11],
		.r12 = registers[12],
		.r13 = registers[13],
		.r14 = registers[14],
		.r15 = registers[15],
	};

	take_registers(capture, &ctx, registers[FETCH_SP]);
	return fetch(capture, (struct fetch_program *)program, (struct fetch_part *)part);
}

/* As gotraced/on_entry and on_return do. */
static const struct call_detail *call(const struct fetch_program *program, enum call_end end)
{
	for (capture_bytes = 256; capture_bytes < program->n_bytes; capture_bytes *= 2)
		;
	capture->detail = (struct call_detail){
		.kind = RECORD_DETAIL, .entry_ip = 1, .n_bytes = program->n_bytes, .end = end
	};
	if (program->at_entry.n_steps && !run(program, &program->at_entry, fetched_at_entry))
		return NULL;
	if (end == END_RETURNED && program->at_return.n_steps &&
	    !run(program, &program->at_return, fetched_at_return))
		return NULL;
	return &capture->detail;
}

const struct call_detail *fetched_call(const struct fetch_program *program)
{
	return call(program, END_RETURNED);
}

const struct call_detail *fetched_unwound_call(const struct fetch_program *program)
{
	return call(program, END_UNWOUND);
}
