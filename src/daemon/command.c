/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

int command_find(const char *name, char **ret, struct reason *why)
{
	const char *directory = getenv("PATH");
	char *path = NULL;

	if (strchr(name, '/')) {
		path = strdup(name);
		if (!path)
			return reason_set(why, -ENOMEM, "out of memory");
		*ret = path;
		return 0;
	}
	for (; directory; directory = strchr(directory, ':') ? strchr(directory, ':') + 1 : NULL) {
		int n = (int)strcspn(directory, ":");

		if (asprintf(&path, "%.*s/%s", n ? n : 1, n ? directory : ".", name) < 0)
			return reason_set(why, -ENOMEM, "out of memory");
		if (is_program(path)) {
			*ret = path;
			return 0;
		}
		free(path);
	}
	return reason_set(why, -ENOENT, "cannot run %s: no such program in PATH", name);
}

static void leave_terminal(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && null >= 0; fd++)
		if (isatty(fd))
			dup2(null, fd);
}

static void run(const char *path, char **argv, int go_fd, int failure_fd)
{
	sigset_t none;
	int failure;
	char go;

	if (read(go_fd, &go, 1) != 1)
		_exit(EXIT_FAILURE);
	/* It starts as if gotraced were not there. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execv(path, argv);
	failure = errno;
	if (write(failure_fd, &failure, sizeof(failure)) < 0)
		_exit(126);
	_exit(127);
}

int command_hold(struct command *command, const char *path, char **argv, bool is_off_terminal,
		 struct reason *why)
{
	int go[2], failure[2];
	pid_t pid;

	if (pipe2(go, O_CLOEXEC))
		return reason_set(why, -errno, "cannot make a pipe: %s", strerror(errno));
	if (pipe2(failure, O_CLOEXEC)) {
		int err = -errno;

		close(go[0]);
		close(go[1]);
		return reason_set(why, err, "cannot make a pipe: %s", strerror(-err));
	}
	pid = fork();
	if (pid == 0) {
		close(go[1]);
		if (is_off_terminal)
			leave_terminal();
		run(path, argv, go[0], failure[1]);
	}
	close(go[0]);
	close(failure[1]);
	*command = (struct command){ pid, go[1], failure[0] };
	if (pid > 0)
		return 0;
	command->pid = 0;
	command_fini(command);
	return reason_set(why, -EAGAIN, "cannot make a process for %s: %s", path, strerror(errno));
}

static void close_fd(int *fd)
{
	if (*fd > 0)
		close(*fd);
	*fd = 0;
}

int command_release(struct command *command, const char *path, struct reason *why)
{
	int failure = 0;

	if (write(command->go_fd, "", 1) != 1)
		return reason_set(why, -errno, "cannot start %s: %s", path, strerror(errno));
	close_fd(&command->go_fd);
	/* A successful exec closes the pipe. */
	if (read(command->failure_fd, &failure, sizeof(failure)) == sizeof(failure))
		return reason_set(why, -failure, "cannot run %s: %s", path, strerror(failure));
	close_fd(&command->failure_fd);
	return 0;
}

void command_fini(struct command *command)
{
	bool is_over = command->go_fd || command->failure_fd;

	close_fd(&command->go_fd);
	close_fd(&command->failure_fd);
	if (command->pid > 0)
		waitpid(command->pid, NULL, is_over ? 0 : WNOHANG);
	command->pid = 0;
}
