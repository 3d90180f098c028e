/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_LINKS_H
#define GOTRACED_TRACE_LINKS_H

#include <bpf/libbpf.h>

#include "go/binary.h"
#include "gotraced/cookie.h"
#include "reason.h"
#include "trace/tracer.h"

/*
 * Places in one binary at which one program is to run, each with its cookie. All zero, but for the
 * binary, is none.
 */
struct sites {
	const struct go_binary *binary;
	unsigned long *offs; /* in the file; owned */
	__u64 *cookies; /* owned */
	size_t n, n_room;
};

/* -EINVAL when the address does not lie in the binary's code; -ENOMEM. */
int sites_add(struct sites *sites, uint64_t va, struct cookie cookie);
void sites_fini(struct sites *sites);

/* Links that live and end together. All zero is none. */
struct links {
	struct bpf_link **links; /* owned */
	size_t n, n_room;
};

/* Attaches the program to all sites. What was attached before a failure stays, for links_detach. */
int links_attach(struct links *links, enum link_kind kind, const struct bpf_program *program,
		 const struct sites *sites, struct reason *why);
void links_detach(struct links *links);

#endif
