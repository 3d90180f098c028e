/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/loop.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "daemon/budget.h"
#include "daemon/display.h"
#include "daemon/follow.h"
#include "daemon/reload.h"
#include "daemon/reporting.h"
#include "daemon/signals.h"
#include "daemon/supervisor.h"

/*
 * One thread waits for everything: the ring buffers, which wake it only when one is well filled; a
 * timer by which they are drained all the same, and one that goes off more often where calls are
 * printed; the timers of interval, duration and watchdog; signals; files that change; the ends of processes; clients that want metrics; and, with a screen,
 * its terminal, and a timer for the rest of a key.
 */
enum source {
	SOURCE_RING,
	SOURCE_DRAIN,
	SOURCE_CALLS,
	SOURCE_INTERVAL,
	SOURCE_DURATION,
	SOURCE_WATCHDOG,
	SOURCE_SIGNAL,
	SOURCE_KEY,
	N_OWN_SOURCES, /* those whose file descriptors the loop owns, but for the rings' */
	SOURCE_FILES = N_OWN_SOURCES,
	SOURCE_PROCESS,
	SOURCE_SERVER,
	SOURCE_TERMINAL,
};

enum { PINGS_PER_WATCHDOG = 3 };

static const uint64_t drain_ns = 1000000000, refresh_ns = 1000000000, key_ns = 50000000,
		      calls_ns = 100000000;

struct loop {
	struct session *session;
	struct options *options;
	struct budget budget;
	struct follow follow;
	struct display display;
	int epoll_fd;
	int fds[N_OWN_SOURCES]; /* 0: none */
	size_t n_processes; /* that are waited for */
	bool is_over;
	enum loop_end end;
};

static int watch(struct loop *loop, int fd, enum source source, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.u64 = (uint64_t)fd << 32 | source };

	return epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int set_timer(struct loop *loop, enum source source, uint64_t ns)
{
	struct timespec span = { (time_t)(ns / 1000000000), (long)(ns % 1000000000) };
	struct itimerspec spec = { span, span };

	return timerfd_settime(loop->fds[source], 0, &spec, NULL) ? -errno : 0;
}

/* 0 ns: it does not run. */
static int watch_timer(struct loop *loop, enum source source, uint64_t ns)
{
	int err;

	loop->fds[source] = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (loop->fds[source] < 0)
		return -errno;
	err = set_timer(loop, source, ns);
	return err ? err : watch(loop, loop->fds[source], source, EPOLLIN);
}

static int watch_signals(struct loop *loop)
{
	loop->fds[SOURCE_SIGNAL] = signals_open(loop->options->is_live);
	if (loop->fds[SOURCE_SIGNAL] < 0)
		return loop->fds[SOURCE_SIGNAL];
	return watch(loop, loop->fds[SOURCE_SIGNAL], SOURCE_SIGNAL, EPOLLIN);
}

/* A process that has ended already is one less to wait for. */
static int watch_process(struct loop *loop, pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return errno == ESRCH ? 0 : -errno;
	loop->n_processes++;
	return watch(loop, fd, SOURCE_PROCESS, EPOLLIN);
}

/* Edge-triggered: only the rings' own wake-ups count, not that there is something in them. */
static int watch_rings(struct loop *loop)
{
	const int *fds;
	size_t n = tracer_fds(loop->session->tracer, &fds);
	int err = 0;

	for (size_t i = 0; i < n && !err; i++)
		err = watch(loop, fds[i], SOURCE_RING, EPOLLIN | EPOLLET);
	return err;
}

static int watch_server(struct loop *loop)
{
	struct server *server = loop->session->server;

	return server ? watch(loop, server_fd(server), SOURCE_SERVER, EPOLLIN) : 0;
}

/* 0: there are no intervals. */
static uint64_t interval_of(const struct options *options)
{
	return options->is_live && !options->interval_ns ? refresh_ns : options->interval_ns;
}

static int watch_timers(struct loop *loop)
{
	const struct options *options = loop->options;
	/*
	 * The duration first: an interval that ends with it is then left for the end to report.
	 */
	const struct {
		enum source source;
		uint64_t ns;
	} timers[] = {
		{ SOURCE_DRAIN, drain_ns },
		{ SOURCE_CALLS, loop->session->details ? calls_ns : 0 },
		{ SOURCE_DURATION, options->duration_ns },
		{ SOURCE_INTERVAL, interval_of(options) },
		{ SOURCE_KEY, 0 },
		{ SOURCE_WATCHDOG, supervisor_watchdog_ns() / PINGS_PER_WATCHDOG },
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]) && !err; i++)
		err = watch_timer(loop, timers[i].source, timers[i].ns);
	return err;
}

/* Edge-triggered: it can nearly always be written to, which counts only where it could not before. */
static int start_display(struct loop *loop, struct terminal *terminal, struct reason *why)
{
	int err = watch(loop, terminal->fd, SOURCE_TERMINAL, EPOLLIN | EPOLLOUT | EPOLLET);

	if (err)
		return reason_set(why, err, "cannot wait for the terminal: %s", strerror(-err));
	return display_start(&loop->display, loop->session, terminal, why);
}

static int loop_init(struct loop *loop, struct session *session, const struct loop_params *params)
{
	int err = 0;

	*loop = (struct loop){ .session = session, .options = params->options };
	follow_init(&loop->follow, session);
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0)
		return -errno;
	err = budget_init(&loop->budget, session, params->options->max_overhead_percent);
	if (!err)
		err = watch_signals(loop);
	if (!err)
		err = watch_rings(loop);
	if (!err)
		err = watch_timers(loop);
	if (!err)
		err = watch_server(loop);
	if (!err && loop->follow.fd >= 0)
		err = watch(loop, loop->follow.fd, SOURCE_FILES, EPOLLIN);
	for (size_t i = 0; i < params->n_pids && !err; i++)
		err = watch_process(loop, params->pids[i]);
	if (params->n_pids > 0 && loop->n_processes == 0) {
		loop->is_over = true;
		loop->end = LOOP_PROCESSES_ENDED;
	}
	return err;
}

static void loop_fini(struct loop *loop)
{
	display_stop(&loop->display);
	for (size_t i = 0; i < N_OWN_SOURCES; i++)
		if (loop->fds[i] > 0)
			close(loop->fds[i]);
	close(loop->epoll_fd);
	follow_fini(&loop->follow);
	budget_fini(&loop->budget);
}

static void end(struct loop *loop, enum loop_end why)
{
	loop->is_over = true;
	loop->end = why;
}

static void on_ending_signal(struct loop *loop)
{
	end(loop, LOOP_INTERRUPTED);
	signals_end_by_default();
}

static int on_reload(struct loop *loop, struct reason *why)
{
	uint64_t interval_ns = interval_of(loop->options);
	int err;

	supervisor_reloading();
	err = reload(loop->session, loop->options, why);
	if (err)
		return err;
	/* One that is watched already stays so. */
	watch_server(loop);
	loop->budget.max_percent = loop->options->max_overhead_percent;
	loop->session->has_intervals = options_have_intervals(loop->options);
	if (interval_of(loop->options) != interval_ns)
		set_timer(loop, SOURCE_INTERVAL, interval_of(loop->options));
	supervisor_ready(loop->session);
	return 0;
}

static int on_signal(struct loop *loop, uint32_t signo, struct reason *why)
{
	bool can_reload = loop->options->config || loop->options->output;
	bool is_written = false;
	int err = 0;

	if (signo == SIGHUP && can_reload)
		return on_reload(loop, why);
	if (signo == SIGWINCH || signo == SIGTSTP || signo == SIGCONT)
		return display_on_signal(&loop->display, signo, why);
	/* Of figures that are thrown away nothing is left for later. */
	loop->session->is_settling = signo == SIGUSR2;
	if (signo == SIGUSR1 || signo == SIGUSR2)
		err = reporting_write(loop->session, REPORT_DUMP, &is_written, why);
	else
		on_ending_signal(loop);
	/* Figures that could not be written are not thrown away. */
	if (signo == SIGUSR2 && is_written)
		session_restart(loop->session);
	loop->session->is_settling = false;
	return err;
}

static int on_signals(struct loop *loop, struct reason *why)
{
	struct signalfd_siginfo info;
	int err = 0;

	while (!err && !loop->is_over &&
	       read(loop->fds[SOURCE_SIGNAL], &info, sizeof(info)) == sizeof(info))
		err = on_signal(loop, info.ssi_signo, why);
	return err;
}

/* How often a timer has gone off since it was last asked. */
static uint64_t expirations(int fd)
{
	uint64_t n;

	return read(fd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

static int on_drain(struct loop *loop, struct reason *why)
{
	int err = session_drain(loop->session, why);

	server_run(loop->session->server);
	if (!err)
		err = budget_look(&loop->budget, loop->session, why);
	return err ? err : follow_look(&loop->follow, why);
}

/* is_all: no more of a key is to come. */
static int on_terminal(struct loop *loop, bool is_all, struct reason *why)
{
	bool is_partial, quits;
	int err = display_on_terminal(&loop->display, is_all, &is_partial, &quits, why);

	if (err)
		return err;
	if (quits)
		on_ending_signal(loop);
	set_timer(loop, SOURCE_KEY, is_partial ? key_ns : 0);
	return 0;
}

static int on_interval(struct loop *loop, struct reason *why)
{
	if (loop->display.terminal)
		return display_refresh(&loop->display, why);
	return reporting_write(loop->session,
			       loop->options->is_cumulative ? REPORT_CUMULATIVE : REPORT_INTERVAL,
			       NULL, why);
}

static int on_event(struct loop *loop, enum source source, int fd, struct reason *why)
{
	switch (source) {
	case SOURCE_RING:
		return session_drain(loop->session, why);
	case SOURCE_DRAIN:
		return expirations(fd) ? on_drain(loop, why) : 0;
	case SOURCE_CALLS:
		return expirations(fd) ? session_drain(loop->session, why) : 0;
	case SOURCE_INTERVAL:
		return expirations(fd) ? on_interval(loop, why) : 0;
	case SOURCE_DURATION:
		end(loop, LOOP_TIME_IS_UP);
		return 0;
	case SOURCE_WATCHDOG:
		if (expirations(fd))
			supervisor_ping();
		return 0;
	case SOURCE_SIGNAL:
		return on_signals(loop, why);
	case SOURCE_SERVER:
		server_run(loop->session->server);
		return 0;
	case SOURCE_FILES:
		return follow_on_change(&loop->follow, why);
	case SOURCE_TERMINAL:
		return on_terminal(loop, false, why);
	case SOURCE_KEY:
		return expirations(fd) ? on_terminal(loop, true, why) : 0;
	case SOURCE_PROCESS:
		close(fd);
		if (--loop->n_processes == 0)
			end(loop, LOOP_PROCESSES_ENDED);
		return 0;
	default:
		return 0;
	}
}

int loop_run(struct session *session, const struct loop_params *params, enum loop_end *ret,
	     struct reason *why)
{
	struct epoll_event events[16];
	struct loop loop;
	int err;

	err = loop_init(&loop, session, params);
	if (err)
		reason_set(why, err, "cannot set up the event loop: %s", strerror(-err));
	else if (params->terminal)
		err = start_display(&loop, params->terminal, why);
	/* From now on the kernel tells of changes; what has changed until now is seen here. */
	if (!err)
		err = follow_look(&loop.follow, why);
	while (!err && !loop.is_over) {
		bool has_more = server_has_more(session->server);
		int n = epoll_wait(loop.epoll_fd, events, sizeof(events) / sizeof(events[0]),
				   has_more ? 0 : -1);

		if (n < 0 && errno != EINTR)
			err = reason_set(why, -errno, "cannot wait for events: %s",
					 strerror(errno));
		if (has_more)
			server_run(session->server);
		for (int i = 0; i < n && !err && !loop.is_over; i++)
			err = on_event(&loop, (uint32_t)events[i].data.u64,
				       (int)(events[i].data.u64 >> 32), why);
	}
	*ret = loop.end;
	loop_fini(&loop);
	return err;
}
