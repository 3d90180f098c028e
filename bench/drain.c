/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fill.skel.h"
#include "gotraced/record.h"
#include "stats/stats.h"
#include "trace/rings.h"

/*
 * drain ring|memory ROUNDS: how long calls take from the ring buffer into histograms, in ns a call,
 * a line for each round. ring: from a real ring buffer, that a BPF program has filled. memory: from
 * an array of records, as the ring buffer has them: the decoding and counting alone.
 */
enum {
	N_FUNCTIONS = 16, /* as bench/fill.bpf.c has it */
	RING_BYTES = 64 << 20,
	N_RECORDS = 1 << 20,
};

static struct stats stats;

static void take(void *context, uint32_t function, uint64_t duration_ns)
{
	(void)context;
	if (function < N_FUNCTIONS)
		stats_record(&stats, function, duration_ns);
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int drain_ring(long n_rounds)
{
	struct rings rings = { .take = take };
	struct fill *skeleton = fill__open_and_load();
	int err = -1;

	if (skeleton)
		err = rings_init(&rings, bpf_map__fd(skeleton->maps.rings), 1, RING_BYTES);
	for (long i = 0; i < n_rounds && !err; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts);
		double start_ns;

		skeleton->bss->n_filled = 0;
		err = bpf_prog_test_run_opts(bpf_program__fd(skeleton->progs.fill), &opts);
		start_ns = now_ns();
		if (!err)
			err = rings_drain(&rings);
		printf("%.3f\n", (now_ns() - start_ns) / (double)skeleton->bss->n_filled);
	}
	rings_fini(&rings);
	fill__destroy(skeleton);
	return err;
}

static int drain_memory(long n_rounds)
{
	struct call_record *records = calloc(N_RECORDS, sizeof(*records));
	struct rings rings = { .take = take };

	if (!records)
		return -1;
	for (uint32_t i = 0; i < N_RECORDS; i++)
		records[i] = (struct call_record){
			.duration_ns = 1000 + (i * 2654435761u) % 1000000,
			.function = i % N_FUNCTIONS,
		};
	for (long round = 0; round < n_rounds; round++) {
		double start_ns = now_ns();

		rings.n_left = N_RECORDS;
		for (uint32_t i = 0; i < N_RECORDS; i++)
			rings_take_record(&rings, &records[i], sizeof(records[i]));
		printf("%.3f\n", (now_ns() - start_ns) / N_RECORDS);
	}
	free(records);
	return 0;
}

int main(int argc, char **argv)
{
	long n_rounds = argc == 3 ? atol(argv[2]) : 0;
	int err;

	if (n_rounds < 1 || (strcmp(argv[1], "ring") != 0 && strcmp(argv[1], "memory") != 0)) {
		fprintf(stderr, "usage: drain ring|memory ROUNDS\n");
		return 2;
	}
	err = stats_init(&stats, N_FUNCTIONS);
	if (!err)
		err = strcmp(argv[1], "ring") == 0 ? drain_ring(n_rounds) : drain_memory(n_rounds);
	stats_fini(&stats);
	if (err)
		fprintf(stderr, "drain: failed\n");
	return err ? 1 : 0;
}
