/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/script.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/announce.h"
#include "daemon/processes.h"
#include "emit/bpftrace.h"

/*
 * The path that a script can name the program by: from the root, without links, which may lead to
 * another build by the time that the script is run. A program that only a process has is named by
 * that. For the caller to free; NULL with errno.
 */
static char *lasting_path(const struct build *build)
{
	char *path = realpath(build->binary->elf->path, NULL);
	struct stat there;

	if (path && stat(path, &there) == 0 && is_same_file(&there, &build->file))
		return path;
	free(path);
	if (build->binary->elf->path[0] == '/')
		return strdup(build->binary->elf->path);
	errno = ENOENT;
	return NULL;
}

static int add_program(struct emit_program *program, const struct target *target,
		       const struct build *build, struct reason *why)
{
	char *path = lasting_path(build);

	if (!path)
		return reason_set(why, -errno, "cannot tell where %s lies: %s", build->name,
				  strerror(errno));
	*program = (struct emit_program){
		.plan = &build->plan,
		.path = path,
		.pids = target->wanted->pids,
		.n_pids = target->wanted->n_pids,
	};
	announce_refusals(build);
	return 0;
}

static size_t n_builds(const struct targets *targets)
{
	size_t n = 0;

	for (size_t i = 0; i < targets->n; i++)
		n += targets->at[i]->n_builds;
	return n;
}

int script_show(const struct options *options, const struct targets *targets, FILE *to,
		struct reason *why)
{
	struct emit_program *programs = calloc(n_builds(targets) + 1, sizeof(*programs));
	size_t n = 0;
	int err = programs ? 0 : reason_set(why, -ENOMEM, "out of memory");

	for (size_t i = 0; i < targets->n; i++)
		for (size_t k = 0; k < targets->at[i]->n_builds && !err; k++) {
			err = add_program(&programs[n], targets->at[i], targets->at[i]->builds[k],
					  why);
			n += !err;
		}
	if (!err)
		err = emit_bpftrace(to, options->is_skeleton ? EMIT_SKELETON : EMIT_HISTOGRAMS,
				    programs, n, why);
	for (size_t i = 0; i < n; i++)
		free((char *)programs[i].path);
	free(programs);
	return err;
}
