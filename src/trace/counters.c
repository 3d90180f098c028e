/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/counters.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>

#include "trace/kernel.h"

int counters_read(const struct bpf_map *counters, int n_cpus, uint32_t function,
		  struct call_counters *ret)
{
	struct call_counters *by_cpu = calloc(n_cpus, sizeof(*by_cpu));
	int err;

	if (!by_cpu)
		return -ENOMEM;
	err = bpf_map_lookup_elem(bpf_map__fd(counters), &function, by_cpu) ? -errno : 0;
	*ret = (struct call_counters){ 0 };
	for (int cpu = 0; cpu < n_cpus && !err; cpu++)
		for (int i = 0; i < N_CALL_COUNTERS; i++)
			ret->n[i] += by_cpu[cpu].n[i];
	free(by_cpu);
	return err;
}

int counters_reset(const struct bpf_map *counters, int n_cpus, uint32_t function)
{
	struct call_counters *none = calloc(n_cpus, sizeof(*none));
	uint64_t now_ns = kernel_now_ns();
	int err;

	if (!none)
		return -ENOMEM;
	for (int cpu = 0; cpu < n_cpus; cpu++)
		none[cpu].since_ns = now_ns;
	err = bpf_map_update_elem(bpf_map__fd(counters), &function, none, BPF_ANY) ? -errno : 0;
	free(none);
	return err;
}
