/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/links.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	const struct elf_segment *segment = elf_file_segment_at(sites->binary->elf, va, 1);

	if (!segment || !segment->is_executable)
		return -EINVAL;
	if (sites->n == sites->n_room) {
		size_t n_room = sites->n_room ? 2 * sites->n_room : 16;

		if (grow((void **)&sites->offs, n_room, sizeof(*sites->offs)) ||
		    grow((void **)&sites->cookies, n_room, sizeof(*sites->cookies)))
			return -ENOMEM;
		sites->n_room = n_room;
	}
	sites->offs[sites->n] = segment->off + (va - segment->va);
	sites->cookies[sites->n++] = cookie_pack(cookie);
	return 0;
}

void sites_fini(struct sites *sites)
{
	free(sites->offs);
	free(sites->cookies);
}

static int links_add(struct links *links, struct bpf_link *link)
{
	if (links->n == links->n_room) {
		size_t n_room = links->n_room ? 2 * links->n_room : 4;

		if (grow((void **)&links->links, n_room, sizeof(*links->links))) {
			bpf_link__destroy(link);
			return -ENOMEM;
		}
		links->n_room = n_room;
	}
	links->links[links->n++] = link;
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
	return reason_set(why, err, "cannot attach to %s: %s", sites->binary->elf->path,
			  strerror(-err));
}

static int attach_multi(struct links *links, const struct bpf_program *program, const char *path,
			const struct sites *sites)
{
	LIBBPF_OPTS(bpf_uprobe_multi_opts, opts, .offsets = sites->offs, .cookies = sites->cookies,
		    .cnt = sites->n);
	struct bpf_link *link = bpf_program__attach_uprobe_multi(program, -1, path, NULL, &opts);

	return link ? links_add(links, link) : -errno;
}

static int attach_perf(struct links *links, const struct bpf_program *program, const char *path,
		       const struct sites *sites)
{
	int err = 0;

	for (size_t i = 0; i < sites->n && !err; i++) {
		LIBBPF_OPTS(bpf_uprobe_opts, opts, .bpf_cookie = sites->cookies[i]);
		struct bpf_link *link =
			bpf_program__attach_uprobe_opts(program, -1, path, sites->offs[i], &opts);

		err = link ? links_add(links, link) : -errno;
	}
	return err;
}

int links_attach(struct links *links, enum link_kind kind, const struct bpf_program *program,
		 const struct sites *sites, struct reason *why)
{
	char path[64];
	int err;

	/* By the open file, not by name: the name may stand for another file by now. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", sites->binary->elf->fd);
	if (kind == LINK_MULTI)
		err = attach_multi(links, program, path, sites);
	else
		err = attach_perf(links, program, path, sites);
	return err ? explain(err, kind, sites, why) : 0;
}

void links_detach(struct links *links)
{
	for (size_t i = 0; i < links->n; i++)
		bpf_link__destroy(links->links[i]);
	free(links->links);
	*links = (struct links){ 0 };
}
