/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/processes.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
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

bool is_same_file(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

bool is_unchanged(const struct stat *then, const struct stat *now)
{
	return is_same_file(then, now) && then->st_size == now->st_size &&
	       then->st_mtim.tv_sec == now->st_mtim.tv_sec &&
	       then->st_mtim.tv_nsec == now->st_mtim.tv_nsec;
}

bool process_runs(pid_t pid, const struct stat *program)
{
	struct stat running;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return stat(path, &running) == 0 && is_same_file(program, &running);
}

size_t processes_running(const struct stat *program, pid_t *pids, size_t n)
{
	const struct dirent *entry;
	DIR *proc = opendir("/proc");
	size_t n_found = 0;

	while (proc && (entry = readdir(proc))) {
		pid_t pid = atoi(entry->d_name);

		if (pid <= 0 || !process_runs(pid, program))
			continue;
		if (n_found < n)
			pids[n_found] = pid;
		n_found++;
	}
	if (proc)
		closedir(proc);
	return n_found;
}
