/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/links.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DETACHERS = 16 };

static int grow(void **array, size_t n_room, size_t element_bytes)
{
	void *grown = reallocarray(*array, n_room, element_bytes);

	if (!grown)
		return -ENOMEM;
	*array = grown;
	return 0;
}

int sites_add(struct sites *sites, uint64_t va, struct cookie cookie)
{
	const struct elf_segment *segment = elf_file_segment_at(sites->elf, va, 1);

	if (!segment || !segment->is_executable)
		return -EINVAL;
	if (sites->n == sites->n_room) {
		size_t n_room = sites->n_room ? 2 * sites->n_room : 16;

		if (grow((void **)&sites->offs, n_room, sizeof(*sites->offs)) ||
		    grow((void **)&sites->cookies, n_room, sizeof(*sites->cookies)))
			return -ENOMEM;
		sites->n_room = n_room;
	}
	cookie.page_off = va % COOKIE_PAGE_BYTES;
	sites->offs[sites->n] = segment->off + (va - segment->va);
	sites->cookies[sites->n++] = cookie_pack(cookie);
	return 0;
}

void sites_fini(struct sites *sites)
{
	free(sites->offs);
	free(sites->cookies);
}

static int links_add(struct links *links, struct bpf_link *link, unsigned long off, __u64 cookie)
{
	if (links->n == links->n_room) {
		size_t n_room = links->n_room ? 2 * links->n_room : 4;

		if (grow((void **)&links->at, n_room, sizeof(*links->at))) {
			bpf_link__destroy(link);
			return -ENOMEM;
		}
		links->n_room = n_room;
	}
	links->at[links->n++] = (struct link){ link, off, cookie };
	return 0;
}

static int explain(int err, enum link_kind kind, const struct sites *sites, struct reason *why)
{
	if (err == -EPERM || err == -EACCES)
		return kernel_not_permitted(kind == LINK_PERF, why);
	if (err == -EMFILE)
		return reason_set(why, err,
				  "too many open files: uprobes by perf events take one for each "
				  "of the %zu sites; raise "
				  "the limit (ulimit -n) or trace fewer functions",
				  sites->n);
	return reason_set(why, err, "cannot attach to %s: %s", sites->elf->path, strerror(-err));
}

static int attach_multi(struct links *links, const struct bpf_program *program, const char *path,
			const struct sites *sites, pid_t pid)
{
	LIBBPF_OPTS(bpf_uprobe_multi_opts, opts, .offsets = sites->offs, .cookies = sites->cookies,
		    .cnt = sites->n);
	struct bpf_link *link = bpf_program__attach_uprobe_multi(program, pid, path, NULL, &opts);

	return link ? links_add(links, link, 0, 0) : -errno;
}

static int attach_perf(struct links *links, const struct bpf_program *program, const char *path,
		       const struct sites *sites, pid_t pid)
{
	int err = 0;

	for (size_t i = 0; i < sites->n && !err; i++) {
		LIBBPF_OPTS(bpf_uprobe_opts, opts, .bpf_cookie = sites->cookies[i]);
		struct bpf_link *link =
			bpf_program__attach_uprobe_opts(program, pid, path, sites->offs[i], &opts);

		err = link ? links_add(links, link, sites->offs[i], sites->cookies[i]) : -errno;
	}
	return err;
}

int links_attach(struct links *links, enum link_kind kind, const struct bpf_program *program,
		 const struct sites *sites, pid_t pid, struct reason *why)
{
	char path[64];
	int err;

	/* By the open file, not by name: the name may stand for another file by now. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", sites->elf->fd);
	if (kind == LINK_MULTI)
		err = attach_multi(links, program, path, sites, pid);
	else
		err = attach_perf(links, program, path, sites, pid);
	return err ? explain(err, kind, sites, why) : 0;
}

/* Each link takes as long as the kernel needs to be sure that no program runs any more. */
struct detaching {
	struct links *links;
	size_t next; /* taken by all threads in turn */
};

static void *detach(void *context)
{
	struct detaching *detaching = context;
	size_t i;

	while ((i = __atomic_fetch_add(&detaching->next, 1, __ATOMIC_RELAXED)) <
	       detaching->links->n)
		bpf_link__destroy(detaching->links->at[i].link);
	return NULL;
}

void links_detach(struct links *links)
{
	struct detaching detaching = { .links = links };
	pthread_t threads[MAX_DETACHERS];
	size_t n_threads = 0;

	while (n_threads < MAX_DETACHERS && n_threads + 1 < links->n &&
	       !pthread_create(&threads[n_threads], NULL, detach, &detaching))
		n_threads++;
	detach(&detaching);
	for (size_t i = 0; i < n_threads; i++)
		pthread_join(threads[i], NULL);
	free(links->at);
	*links = (struct links){ 0 };
}

void links_hand_over(struct links *links)
{
	for (size_t i = 0; i < links->n; i++)
		bpf_link__disconnect(links->at[i].link);
}

static size_t links_find(const struct links *links, unsigned long off, __u64 cookie)
{
	size_t i = 0;

	while (i < links->n && (links->at[i].off != off || links->at[i].cookie != cookie))
		i++;
	return i;
}

static bool sites_have(const struct sites *sites, const struct link *link)
{
	for (size_t i = 0; i < sites->n; i++)
		if (sites->offs[i] == link->off && sites->cookies[i] == link->cookie)
			return true;
	return false;
}

int links_attach_missing(struct links *links, const struct bpf_program *program,
			 const struct sites *sites, struct reason *why)
{
	struct sites missing = { .elf = sites->elf };
	size_t room = sites->n ? sites->n : 1;
	int err = 0;

	missing.offs = calloc(room, sizeof(*missing.offs));
	missing.cookies = calloc(room, sizeof(*missing.cookies));
	if (!missing.offs || !missing.cookies)
		err = reason_set(why, -ENOMEM, "out of memory for probes");
	for (size_t i = 0; i < sites->n && !err; i++) {
		if (links_find(links, sites->offs[i], sites->cookies[i]) < links->n)
			continue;
		missing.offs[missing.n] = sites->offs[i];
		missing.cookies[missing.n++] = sites->cookies[i];
	}
	if (!err)
		err = links_attach(links, LINK_PERF, program, &missing, -1, why);
	sites_fini(&missing);
	return err;
}

/* There is room for it. */
static void move(struct link *link, struct links *to)
{
	to->at[to->n++] = *link;
}

int links_make_room(struct links *links, size_t n)
{
	if (grow((void **)&links->at, n + 1, sizeof(*links->at)))
		return -ENOMEM;
	links->n_room = n + 1;
	return 0;
}

void links_keep_first(struct links *links, size_t n, struct links *rest)
{
	while (links->n > n)
		move(&links->at[--links->n], rest);
}

void links_keep_sites(struct links *links, const struct sites *sites, struct links *rest)
{
	size_t n_kept = 0;

	for (size_t i = 0; i < links->n; i++) {
		if (sites_have(sites, &links->at[i]))
			links->at[n_kept++] = links->at[i];
		else
			move(&links->at[i], rest);
	}
	links->n = n_kept;
}
