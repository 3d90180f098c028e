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

#include "daemon/signals.h"
#include "trace/kernel.h"

enum {
	DEFAULT_COLUMNS = 100,
	PATIENCE_MS = 1000, /* for a reader */
	MS_NS = 1000000,
};

static const uint64_t never_ns = UINT64_MAX; /* a deadline */

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

/* Opens path, or standard output where that is NULL. */
static int open_output(struct output *output, const char *path, int flags,
		       const struct report_format *format, struct reason *why)
{
	char *copy = path ? strdup(path) : NULL;
	int fd = STDOUT_FILENO;

	if (path && !copy)
		return reason_set(why, -ENOMEM, "out of memory");
	if (path)
		fd = open_file(path, flags, why);
	if (fd < 0) {
		free(copy);
		return fd;
	}
	output->fd = fd;
	output->path = copy;
	output->name = copy ? copy : "standard output";
	output->format = format;
	output->has_begun = false;
	output->style.n_columns = terminal_columns(fd);
	return 0;
}

static void close_output(const struct output *output)
{
	if (output->fd > STDERR_FILENO)
		close(output->fd);
	free(output->path);
}

int output_init(struct output *output, const char *path, bool is_added_to,
		const struct report_format *format, struct reason *why)
{
	int err;

	*output = (struct output){ .style.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 };
	err = open_output(output, path, is_added_to ? O_APPEND : O_TRUNC, format, why);
	if (err)
		return err;
	output->to = open_memstream(&output->text, &output->n_bytes);
	if (!output->to) {
		output_fini(output);
		return reason_set(why, -ENOMEM, "out of memory");
	}
	return 0;
}

void output_fini(struct output *output)
{
	if (output->to)
		fclose(output->to);
	free(output->text);
	terminal_close(&output->terminal);
	close_output(output);
	*output = (struct output){ 0 };
}

int output_change(struct output *output, const char *path, const struct report_format *format,
		  struct reason *why)
{
	const struct output before = *output;
	int err = open_output(output, path, O_APPEND, format, why);

	if (!err)
		close_output(&before);
	return err;
}

int output_reopen(struct output *output, struct reason *why)
{
	return output->path ? output_change(output, output->path, output->format, why) : 0;
}

/* As write(), but waits until the deadline at most. */
static ssize_t write_some(int fd, const char *text, size_t n_bytes, uint64_t deadline_ns)
{
	struct pollfd writable = { .fd = fd, .events = POLLOUT };
	uint64_t now_ns = kernel_now_ns();
	int n = 0;

	if (deadline_ns == never_ns)
		n = poll(&writable, 1, -1);
	else if (now_ns < deadline_ns)
		n = poll(&writable, 1, (int)((deadline_ns - now_ns) / MS_NS) + 1);
	if (n == 0)
		errno = EAGAIN;
	if (n <= 0)
		return -1;
	/* A pipe that is writable takes so much at once. */
	return write(fd, text, n_bytes < PIPE_BUF ? n_bytes : PIPE_BUF);
}

static int write_rest(struct output *output)
{
	uint64_t deadline_ns = kernel_now_ns() + (uint64_t)PATIENCE_MS * MS_NS;

	while (!output->is_held && output->n_written < output->n_bytes) {
		ssize_t n = write_some(output->fd, output->text + output->n_written,
				       output->n_bytes - output->n_written, deadline_ns);

		if (n < 0 && errno == EAGAIN && output->is_patient) {
			signals_end_by_default();
			deadline_ns = never_ns;
		} else if (n < 0 && errno != EINTR) {
			return -errno;
		}
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

int output_explain(const struct output *output, int err, struct reason *why)
{
	return reason_set(why, err, "cannot write to %s: %s", output->name,
			  err == -EAGAIN ? "nobody reads it" : strerror(-err));
}

/* Does an output that is a file begin here, or one that is none? */
static bool is_at_start(const struct output *output)
{
	struct stat st;

	if (fstat(output->fd, &st) == 0 && S_ISREG(st.st_mode))
		return st.st_size == 0;
	return !output->has_begun;
}

int output_finish(struct output *output, struct reason *why)
{
	int err = write_rest(output);

	return err ? output_explain(output, err, why) : 0;
}

int output_begin(struct output *output, uint64_t started_ns, struct reason *why)
{
	int err = output_finish(output, why);

	if (err)
		return err;
	if (!output->is_held)
		empty(output);
	if (output->format->begin && is_at_start(output))
		output->format->begin(output->to, started_ns);
	output->has_begun = true;
	return 0;
}

int output_write(struct output *output, struct reason *why)
{
	int err = fflush(output->to) ? -ENOMEM : write_rest(output);

	if (err && output->n_written > 0 && !take_back(output))
		return 0;
	if (!output->is_held || err)
		empty(output);
	return err ? output_explain(output, err, why) : 0;
}
