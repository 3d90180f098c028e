/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_CALL_LINES_H
#define GOTRACED_DAEMON_CALL_LINES_H

#include "cli/calls.h"
#include "daemon/inspect.h"
#include "reason.h"
#include "report/report.h"

/* Prints single calls, as far as the user wants them and not too many. */
struct call_lines;

/* 0 or -ENOMEM. The wishes must outlive it. */
int call_lines_new(struct call_lines **ret, const struct options_calls *wanted);
void call_lines_free(struct call_lines *lines);

/* Before the calls of a drain. */
void call_lines_begin(struct call_lines *lines, struct session *session);

/* The call that is inspected. 0 or -ENOMEM. */
int call_lines_print(struct call_lines *lines, const struct session *session,
		     struct inspector *inspector, const struct call_detail *detail);

/* A tree of calls. 0 or -ENOMEM. */
int call_lines_print_tree(struct call_lines *lines, const struct session *session,
			  const struct report_tree *tree);

/* So many more calls are more than are printed. */
void call_lines_leave_out(struct call_lines *lines, uint64_t n_calls);

/*
 * Writes them out, and says how many were left out; n_lost more were not seen. Where they cannot be
 * written, that is said, and they are lost. 0 or -errno.
 */
int call_lines_end(struct call_lines *lines, struct session *session, uint64_t n_lost,
		   struct reason *why);

#endif
