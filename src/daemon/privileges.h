/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_PRIVILEGES_H
#define GOTRACED_DAEMON_PRIVILEGES_H

#include <stdbool.h>

/*
 * Gives up, for good, the capabilities that a service which is up does not need, of those that it
 * has. What stays: CAP_BPF and CAP_PERFMON, for the histogram of what overflowed and for probes that
 * change; with perf events CAP_SYS_ADMIN; and, as long as programs are followed, CAP_SYS_PTRACE and
 * CAP_DAC_READ_SEARCH, for the processes and files of other users. Where that cannot be done, all
 * stays as it is.
 */
void privileges_reduce(bool has_perf_events, bool follows_programs);

#endif
