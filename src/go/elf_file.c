/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/elf_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "go/elf_headers.h"

/* A file may be sparse and claim any size; no table of a program is larger. */
enum { MAX_LOADED_BYTES = 1 << 30 };

int elf_file_read(const struct elf_file *elf, uint64_t off, void *to, size_t n_bytes)
{
	uint8_t *at = to;

	if (off > elf->n_bytes || n_bytes > elf->n_bytes - off)
		return -EINVAL;
	while (n_bytes > 0) {
		ssize_t n = pread(elf->fd, at, n_bytes, off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EINVAL;
		at += n;
		off += n;
		n_bytes -= n;
	}
	return 0;
}

const struct elf_segment *elf_file_segment_at(const struct elf_file *elf, uint64_t va,
					      uint64_t n_bytes)
{
	for (size_t i = 0; i < elf->n_segments; i++) {
		const struct elf_segment *segment = &elf->segments[i];

		if (segment->type == PT_LOAD && va >= segment->va &&
		    va - segment->va <= segment->file_bytes &&
		    n_bytes <= segment->file_bytes - (va - segment->va))
			return segment;
	}
	return NULL;
}

bool elf_file_va_to_off(const struct elf_file *elf, uint64_t va, uint64_t *ret_off)
{
	const struct elf_segment *segment = elf_file_segment_at(elf, va, 1);

	if (!segment)
		return false;
	*ret_off = segment->off + (va - segment->va);
	return true;
}

int elf_file_read_va(const struct elf_file *elf, uint64_t va, void *to, size_t n_bytes)
{
	const struct elf_segment *segment = elf_file_segment_at(elf, va, n_bytes);

	if (!segment)
		return -EINVAL;
	return elf_file_read(elf, segment->off + (va - segment->va), to, n_bytes);
}

int elf_file_load(const struct elf_file *elf, uint64_t off, uint64_t n_bytes, struct span *ret)
{
	void *data;
	int err;

	if (off > elf->n_bytes || n_bytes > elf->n_bytes - off)
		return -EINVAL;
	if (n_bytes > MAX_LOADED_BYTES)
		return -EFBIG;
	data = malloc(n_bytes ? n_bytes : 1);
	if (!data)
		return -ENOMEM;
	err = elf_file_read(elf, off, data, n_bytes);
	if (err) {
		free(data);
		return err;
	}
	*ret = (struct span){ data, n_bytes };
	return 0;
}

static int scan_segment(const struct elf_file *elf, const struct elf_segment *segment,
			elf_scan_visit *visit, void *context)
{
	uint64_t n_left, at = 0;
	int err = 0;

	for (; at < segment->file_bytes && !err; at += ELF_SCAN_PIECE_BYTES) {
		struct span piece;

		n_left = segment->file_bytes - at;
		if (n_left > ELF_SCAN_PIECE_BYTES + ELF_SCAN_OVERLAP_BYTES)
			n_left = ELF_SCAN_PIECE_BYTES + ELF_SCAN_OVERLAP_BYTES;
		err = elf_file_load(elf, segment->off + at, n_left, &piece);
		if (err)
			break;
		err = visit(segment->va + at, piece, context);
		free((void *)piece.data);
	}
	return err;
}

int elf_file_scan(const struct elf_file *elf, enum elf_scan what, elf_scan_visit *visit,
		  void *context)
{
	int err = 0;

	for (size_t i = 0; i < elf->n_segments && !err; i++) {
		const struct elf_segment *segment = &elf->segments[i];

		if (segment->type == PT_LOAD && (what == ELF_SCAN_ALL || segment->is_writable))
			err = scan_segment(elf, segment, visit, context);
	}
	return err;
}

const struct elf_section *elf_file_section(const struct elf_file *elf, const char *name)
{
	for (size_t i = 0; i < elf->n_sections; i++)
		if (elf->sections[i].type != SHT_NOBITS && elf->sections[i].name &&
		    strcmp(elf->sections[i].name, name) == 0)
			return &elf->sections[i];
	return NULL;
}

static int open_regular(struct elf_file *elf, struct reason *why)
{
	struct stat st;

	/* What a program's own debug link names could be a device, which opening alone may disturb. */
	if (stat(elf->path, &st) == 0 && !S_ISREG(st.st_mode))
		return reason_set(why, -ENOEXEC, "%s is not a file: give a Go program", elf->path);
	/* O_NONBLOCK: should it have become a FIFO, it must not hang us. */
	elf->fd = open(elf->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (elf->fd < 0)
		return reason_set(why, -errno, "cannot open %s: %s", elf->path, strerror(errno));
	if (fstat(elf->fd, &st))
		return reason_set(why, -errno, "cannot stat %s: %s", elf->path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return reason_set(why, -ENOEXEC, "%s is not a file: give a Go program", elf->path);
	elf->n_bytes = st.st_size;
	return 0;
}

static int open_file(const char *path, bool is_debug, struct elf_file **ret, struct reason *why)
{
	struct elf_file *elf = calloc(1, sizeof(*elf));
	int err;

	if (!elf)
		return reason_set(why, -ENOMEM, "out of memory opening %s", path);
	elf->fd = -1;
	elf->path = strdup(path);
	err = elf->path ? open_regular(elf, why)
			: reason_set(why, -ENOMEM, "out of memory opening %s", path);
	if (!err)
		err = elf_headers_read(elf, is_debug, why);
	if (err) {
		elf_file_close(elf);
		return err;
	}
	*ret = elf;
	return 0;
}

int elf_file_open(const char *path, struct elf_file **ret, struct reason *why)
{
	return open_file(path, false, ret, why);
}

int elf_file_open_debug(const char *path, struct elf_file **ret)
{
	struct reason unused;

	return open_file(path, true, ret, &unused);
}

void elf_file_close(struct elf_file *elf)
{
	if (!elf)
		return;
	if (elf->fd >= 0)
		close(elf->fd);
	free(elf->segments);
	free(elf->sections);
	free((void *)elf->section_names.data);
	free(elf->path);
	free(elf);
}
