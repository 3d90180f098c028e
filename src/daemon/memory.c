/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/memory.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "max", and a file that is not there, are no limit. */
static uint64_t limit_of(const char *group)
{
	unsigned long limit = UINT64_MAX;
	char path[PATH_MAX + 64];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/memory.max", group);
	file = fopen(path, "re");
	if (!file)
		return UINT64_MAX;
	if (fscanf(file, "%lu", &limit) != 1)
		limit = UINT64_MAX;
	fclose(file);
	return limit;
}

static uint64_t limit_of_groups(void)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	uint64_t least = UINT64_MAX, limit;
	char line[PATH_MAX], *group;

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "0::/", 4) != 0)
			continue;
		line[strcspn(line, "\n")] = 0;
		/* Each group is held to the limits of those around it as well. */
		for (group = line + 3; *group; *strrchr(group, '/') = 0) {
			limit = limit_of(group);
			least = limit < least ? limit : least;
		}
	}
	if (file)
		fclose(file);
	return least;
}

uint64_t memory_allowed(void)
{
	uint64_t physical = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t limit = limit_of_groups();

	return limit < physical ? limit : physical;
}
