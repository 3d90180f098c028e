/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GOTRACED_TRACE_LINKS_H
#define GOTRACED_TRACE_LINKS_H

#include <bpf/libbpf.h>

#include "go/elf_file.h"
#include "gotraced/cookie.h"
#include "reason.h"
#include "trace/tracer.h"

/*
 * Places in one file at which one program is to run, each with its cookie. All zero, but for the
 * file, is none.
 */
struct sites {
	const struct elf_file *elf;
	unsigned long *offs; /* in the file; owned */
	__u64 *cookies; /* owned */
	size_t n, n_room;
};

/* The cookie is told the place. -EINVAL when that is not in the file's code; -ENOMEM. */
int sites_add(struct sites *sites, uint64_t va, struct cookie cookie);
void sites_fini(struct sites *sites);

struct link {
	struct bpf_link *link; /* owned */
	unsigned long off; /* of a perf event, and its cookie; a link for many sites has none */
	__u64 cookie;
};

/* Links that live and end together. All zero is none. */
struct links {
	struct link *at; /* owned */
	size_t n, n_room;
};

/*
 * Attaches the program to all sites, for one process or, with -1, for all. What was attached before
 * a failure stays, for links_detach.
 */
int links_attach(struct links *links, enum link_kind kind, const struct bpf_program *program,
		 const struct sites *sites, pid_t pid, struct reason *why);

/* Takes some 50 ms however many links there are, but a tenth of a second for each perf event. */
void links_detach(struct links *links);

/* Forgets them for this process; they last while another one has them open. */
void links_hand_over(struct links *links);

/*
 * Perf events only: attaches to those of the sites, in all processes, at which there is none yet, and
 * adds these at the end. What was attached before a failure stays.
 */
int links_attach_missing(struct links *links, const struct bpf_program *program,
			 const struct sites *sites, struct reason *why);

/* Keeps the first n, or perf events at these sites; the others move to rest, which has room. */
void links_keep_first(struct links *links, size_t n, struct links *rest);
void links_keep_sites(struct links *links, const struct sites *sites, struct links *rest);

/* Makes room for n links in all. 0 or -ENOMEM. */
int links_make_room(struct links *links, size_t n);

#endif
