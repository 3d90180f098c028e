/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/show.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/script.h"
#include "trace/kernel.h"

/* How the probes would be attached, where the kernel lets us find out. */
static void show_kernel(const struct options *options, FILE *to)
{
	struct kernel kernel;
	struct reason why;

	if (kernel_init(&kernel, &why)) {
		fprintf(to, "here: %s\n", why.text);
		return;
	}
	if (!kernel_permits()) {
		fputs("as root it also tells how this kernel would attach the probes\n", to);
		return;
	}
	fprintf(to, "here: by %s; RETs are %s\n",
		kernel.has_uprobe_multi && options->links != LINKS_PERF ? "uprobe_multi links"
									: "perf events",
		!kernel.can_write_registers ? "single-stepped by the kernel, which lets no BPF "
					      "program do them"
		: options->leaves_ret_alone ? "single-stepped by the kernel"
					    : "emulated by BPF");
}

static int show_target(const struct options *options, const struct target *target,
		       const struct report_format *format, FILE *to)
{
	int err = 0;

	for (size_t i = 0; i < target->n_builds && !err; i++) {
		const struct build *build = target->builds[i];

		err = (options->action == ACTION_LIST ? format->list
		       : options->action == ACTION_PLAN
			       ? format->plan
			       : format->summary)(to, &build->plan, build->name);
	}
	return err;
}

static int show_all(const struct options *options, const struct targets *targets,
		    const struct report_format *format, FILE *to, struct reason *why)
{
	bool is_text = options->format == FORMAT_TEXT;
	int err = 0;

	if (options->action == ACTION_EMIT)
		return script_show(options, targets, to, why);
	for (size_t i = 0; i < targets->n && !err; i++) {
		if (targets->n > 1 && is_text)
			fprintf(to, "%s%s:\n", i ? "\n" : "", targets->at[i]->name);
		err = show_target(options, targets->at[i], format, to);
	}
	if (is_text && options->action != ACTION_LIST)
		show_kernel(options, to);
	return err ? reason_set(why, err, "out of memory") : 0;
}

/* Unlike a report, it goes out as it is made: it may be long, and its reader slow. */
int show(const struct options *options, const struct targets *targets, const struct output *output,
	 struct reason *why)
{
	int fd = dup(output->fd), err;
	FILE *to = fd < 0 ? NULL : fdopen(fd, "w");

	/* Where standard output is closed, its number may be that of a file that is read. */
	if (!to)
		return output_explain(output, -EBADF, why);
	/* Whoever has seen enough of it, as head has, ends it. */
	signal(SIGPIPE, SIG_DFL);
	err = show_all(options, targets, output->format, to, why);
	if (!err && (fflush(to) || ferror(to)))
		err = output_explain(output, -errno, why);
	fclose(to);
	return err;
}
