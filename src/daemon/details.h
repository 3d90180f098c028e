/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_DAEMON_DETAILS_H
#define GOTRACED_DAEMON_DETAILS_H

#include "cli/calls.h"
#include "gotraced/record.h"
#include "reason.h"

struct session;

/*
 * What is told of single calls, and what becomes of it. They come from the rings of several CPUs, each in
 * its own order: those of one drain are kept until it is over, put in order by when they ended, and then
 * handed to whatever the user wants of them.
 */
struct details;

/* For so many functions at most. The wishes must outlive it. */
int details_new(struct details **ret, const struct options_calls *wanted, size_t n_functions,
		struct reason *why);
void details_free(struct details *details);

/* Keeps a call until the drain is over. False when there is no room for it. */
bool details_keep(struct details *details, const struct call_detail *detail);

/* Calls that returned, of which nothing else is known. 0 or -ENOMEM. */
int details_miss(struct details *details, uint32_t function, const char *name, uint64_t n_calls,
		 uint64_t sum_ns);

/* Begins figures anew. */
void details_restart(struct details *details);

/* A function's number will be another's. 0 or -ENOMEM. */
int details_forget(struct details *details, uint32_t function);

/* Who called whom so far; NULL: nobody wants to know. */
const struct call_graph *details_graph(const struct details *details);

/* Uses those that were kept, of the drain that began at began_ns. 0 or -errno. */
int details_use(struct details *details, struct session *session, uint64_t began_ns,
		struct reason *why);

/* At the end: writes what is written then, and says what is missing. 0 or -errno. */
int details_finish(struct details *details, const struct session *session, struct reason *why);

#endif
