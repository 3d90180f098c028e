/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>

static void set_ending(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
}

static void set_others(sigset_t *set, bool is_live)
{
	sigemptyset(set);
	sigaddset(set, SIGUSR1);
	sigaddset(set, SIGUSR2);
	sigaddset(set, SIGHUP);
	if (!is_live)
		return;
	sigaddset(set, SIGWINCH);
	sigaddset(set, SIGTSTP);
	sigaddset(set, SIGCONT);
}

void signals_block(bool is_live)
{
	sigset_t set;

	set_others(&set, is_live);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

void signals_block_ending(void)
{
	sigset_t set;

	set_ending(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

int signals_open(bool is_live)
{
	sigset_t ending, set;
	int fd;

	set_ending(&ending);
	set_others(&set, is_live);
	sigorset(&set, &set, &ending);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

void signals_end_by_default(void)
{
	sigset_t set;

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	set_ending(&set);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
