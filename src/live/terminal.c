/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/*
 * Sequences of xterm, which all terminals in use understand or ignore: the alternate screen (1049),
 * no cursor (25), no automatic wrap (7). Those of 2026 keep a terminal that knows them from showing
 * half a frame.
 */
static const char enter_text[] = "\033[?1049h\033[?25l\033[?7l\033[H\033[2J";
static const char leave_text[] = "\033[?2026l\033[0m\033[?7h\033[?25h\033[?1049l";
static const char frame_begin[] = "\033[?2026h\033[H";
static const char frame_end[] = "\033[?2026l";

enum { LEAVE_PATIENCE_MS = 1000 };

static const int deadly[] = { SIGQUIT, SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV };

/* Signal handlers and exit know nothing else. */
static struct terminal *volatile entered;

static void leave_at_exit(void)
{
	if (entered)
		terminal_leave(entered);
}

/* Only what is safe in a handler (signal-safety(7)); the signal then acts as it does by default. */
static void on_deadly(int signo)
{
	leave_at_exit();
	raise(signo);
}

static void handle_deadly(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = (int)SA_RESETHAND };

	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		sigaction(deadly[i], &action, NULL);
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

int terminal_open(struct terminal *terminal, struct reason *why)
{
	const char *type = getenv("TERM");
	int fd;

	*terminal = (struct terminal){ 0 };
	/* Anew: that its reads and writes never wait concerns nobody else who has it open. */
	fd = open("/proc/self/fd/1", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return reason_set(why, -errno, "cannot open the terminal: %s", strerror(errno));
	terminal->fd = fd;
	terminal->is_plain = is_set("NO_COLOR") || (type && strcmp(type, "dumb") == 0);
	return 0;
}

void terminal_close(struct terminal *terminal)
{
	if (!terminal->fd)
		return;
	terminal_leave(terminal);
	close(terminal->fd);
	free(terminal->pending);
	*terminal = (struct terminal){ 0 };
}

/* Where nobody takes it, it is given up. */
static void write_patiently(int fd, const char *text)
{
	struct pollfd writable = { .fd = fd, .events = POLLOUT };

	while (*text) {
		ssize_t n = write(fd, text, strlen(text));

		if (n > 0)
			text += n;
		else if (errno != EINTR && poll(&writable, 1, LEAVE_PATIENCE_MS) <= 0)
			return;
		else if (writable.revents & (POLLERR | POLLHUP))
			return;
	}
}

int terminal_enter(struct terminal *terminal)
{
	static bool is_at_exit;
	struct termios modes;

	if (!terminal->is_entered && tcgetattr(terminal->fd, &terminal->before))
		return -errno;
	modes = terminal->before;
	modes.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
	modes.c_cc[VMIN] = 1;
	modes.c_cc[VTIME] = 0;
	/* In the background this stops the process until it is in the foreground. */
	if (tcsetattr(terminal->fd, TCSANOW, &modes))
		return -errno;
	terminal->is_entered = true;
	terminal->n_pending = terminal->n_written = 0;
	entered = terminal;
	if (!is_at_exit)
		is_at_exit = !atexit(leave_at_exit);
	handle_deadly(on_deadly);
	write_patiently(terminal->fd, enter_text);
	return 0;
}

void terminal_leave(struct terminal *terminal)
{
	if (!terminal->is_entered)
		return;
	terminal->is_entered = false;
	entered = NULL;
	handle_deadly(SIG_DFL);
	terminal->n_pending = terminal->n_written = 0;
	write_patiently(terminal->fd, leave_text);
	/* What was typed for us is not for the shell. */
	tcflush(terminal->fd, TCIFLUSH);
	tcsetattr(terminal->fd, TCSANOW, &terminal->before);
}

void terminal_size(const struct terminal *terminal, int *ret_columns, int *ret_lines)
{
	struct winsize size = { 0 };

	ioctl(terminal->fd, TIOCGWINSZ, &size);
	*ret_columns = size.ws_col ? size.ws_col : 80;
	*ret_lines = size.ws_row ? size.ws_row : 24;
}

void terminal_flush(struct terminal *terminal)
{
	while (terminal->n_written < terminal->n_pending) {
		ssize_t n = write(terminal->fd, terminal->pending + terminal->n_written,
				  terminal->n_pending - terminal->n_written);

		if (n < 0 && errno != EINTR)
			return;
		terminal->n_written += n > 0 ? (size_t)n : 0;
	}
}

void terminal_draw(struct terminal *terminal, char *frame, size_t n_bytes)
{
	const size_t n_begin = strlen(frame_begin), n_end = strlen(frame_end);
	char *whole;

	terminal_flush(terminal);
	whole = terminal->n_written < terminal->n_pending ? NULL
							  : malloc(n_begin + n_bytes + n_end);
	if (whole) {
		memcpy(whole, frame_begin, n_begin);
		memcpy(whole + n_begin, frame, n_bytes);
		memcpy(whole + n_begin + n_bytes, frame_end, n_end);
		free(terminal->pending);
		terminal->pending = whole;
		terminal->n_pending = n_begin + n_bytes + n_end;
		terminal->n_written = 0;
		terminal_flush(terminal);
	}
	free(frame);
}

bool terminal_read(struct terminal *terminal)
{
	size_t n_room;
	char *room = key_room(&terminal->input, &n_room);
	ssize_t n = read(terminal->fd, room, n_room);

	if (n == 0 || (n < 0 && errno == EIO))
		terminal->is_gone = true;
	if (n > 0)
		key_added(&terminal->input, (size_t)n);
	return n > 0;
}
