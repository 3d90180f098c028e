/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/processes.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

pid_t process_of(pid_t tid)
{
	char path[64], line[256];
	pid_t tgid = 0;
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	status = fopen(path, "re");
	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "Tgid: %d", &tgid) == 1)
			break;
	if (status)
		fclose(status);
	return tgid;
}

bool processes_are_ours(void)
{
	char id[16];
	ssize_t n = readlink("/proc/self", id, sizeof(id) - 1);

	if (n < 0)
		return false;
	id[n] = 0;
	return atoi(id) == getpid();
}

bool process_runs(pid_t pid, int fd)
{
	struct stat program, running;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return fstat(fd, &program) == 0 && stat(path, &running) == 0 &&
	       program.st_dev == running.st_dev && program.st_ino == running.st_ino;
}

size_t processes_running(int fd, pid_t *pids, size_t n)
{
	const struct dirent *entry;
	DIR *proc = opendir("/proc");
	size_t n_found = 0;

	while (proc && (entry = readdir(proc))) {
		pid_t pid = atoi(entry->d_name);

		if (pid <= 0 || !process_runs(pid, fd))
			continue;
		if (n_found < n)
			pids[n_found] = pid;
		n_found++;
	}
	if (proc)
		closedir(proc);
	return n_found;
}
