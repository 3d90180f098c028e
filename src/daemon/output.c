/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/output.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DEFAULT_COLUMNS = 100,
	PATIENCE_MS = 1000, /* for a reader */
};

static int terminal_columns(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return DEFAULT_COLUMNS;
}

static int open_file(const char *path, int flags, struct reason *why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags, 0644);

	/* Not to wait for the reader of a pipe, of which there is none yet. */
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fd >= 0 ? fd
		       : reason_set(why, -errno, "cannot write to %s: %s", path, strerror(errno));
}

int output_init(struct output *output, const char *path, bool is_added_to,
		const struct report_format *format, struct reason *why)
{
	int fd = STDOUT_FILENO;

	*output = (struct output){ .format = format, .name = "standard output" };
	if (path)
		fd = open_file(path, is_added_to ? O_APPEND : O_TRUNC, why);
	if (fd < 0)
		return fd;
	output->fd = fd;
	output->to = open_memstream(&output->text, &output->n_bytes);
	if (path)
		output->name = output->path = strdup(path);
	if (!output->to || !output->name) {
		output_fini(output);
		return reason_set(why, -ENOMEM, "out of memory");
	}
	output->style.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	output->style.n_columns = terminal_columns(fd);
	return 0;
}

void output_fini(struct output *output)
{
	if (output->to)
		fclose(output->to);
	free(output->text);
	terminal_close(&output->terminal);
	if (output->fd > STDERR_FILENO)
		close(output->fd);
	free(output->path);
	*output = (struct output){ 0 };
}

int output_reopen(struct output *output, struct reason *why)
{
	int fd;

	if (!output->path)
		return 0;
	fd = open_file(output->path, O_APPEND, why);
	if (fd < 0)
		return fd;
	close(output->fd);
	output->fd = fd;
	return 0;
}

/* As write(), but never waits longer than it has patience. */
static ssize_t write_some(int fd, const char *text, size_t n_bytes)
{
	struct pollfd writable = { .fd = fd, .events = POLLOUT };
	int n = poll(&writable, 1, PATIENCE_MS);

	if (n == 0)
		errno = EAGAIN;
	if (n <= 0)
		return -1;
	/* A pipe that is writable takes so much at once. */
	return write(fd, text, n_bytes < PIPE_BUF ? n_bytes : PIPE_BUF);
}

static int write_rest(struct output *output)
{
	while (!output->is_held && output->n_written < output->n_bytes) {
		ssize_t n = write_some(output->fd, output->text + output->n_written,
				       output->n_bytes - output->n_written);

		if (n < 0 && errno != EINTR)
			return -errno;
		output->n_written += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static void empty(struct output *output)
{
	rewind(output->to);
	output->n_bytes = output->n_written = 0;
}

/*
 * Takes back what of a report has come into a file. False where that cannot be done, as when somebody
 * else has written behind it.
 */
static bool take_back(const struct output *output)
{
	off_t end = lseek(output->fd, 0, SEEK_CUR), start = end - (off_t)output->n_written;
	struct stat st;

	return fstat(output->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == end &&
	       ftruncate(output->fd, start) == 0 && lseek(output->fd, start, SEEK_SET) == start;
}

static int fail(struct output *output, int err, struct reason *why)
{
	/* Where nothing was written, the next report is the one to come first. */
	if (output->n_written == 0 || take_back(output))
		empty(output);
	return reason_set(why, err, "cannot write to %s: %s", output->name,
			  err == -EAGAIN ? "nobody reads it" : strerror(-err));
}

int output_begin(struct output *output, uint64_t started_ns, struct reason *why)
{
	int err = write_rest(output);
	struct stat st;

	if (err)
		return fail(output, err, why);
	if (!output->is_held)
		empty(output);
	if (output->format->begin && fstat(output->fd, &st) == 0 && st.st_size == 0)
		output->format->begin(output->to, started_ns);
	return 0;
}

int output_write(struct output *output, struct reason *why)
{
	int err = fflush(output->to) ? -ENOMEM : write_rest(output);

	if (err)
		return fail(output, err, why);
	if (!output->is_held)
		empty(output);
	return 0;
}
