/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/show.h"

#include <stdio.h>

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
		       struct output *output)
{
	const struct report_format *format = output->format;
	int err = 0;

	for (size_t i = 0; i < target->n_builds && !err; i++) {
		const struct build *build = target->builds[i];

		err = (options->action == ACTION_LIST ? format->list
		       : options->action == ACTION_PLAN
			       ? format->plan
			       : format->summary)(output->to, &build->plan, build->name);
	}
	return err;
}

int show(const struct options *options, const struct targets *targets, struct output *output,
	 struct reason *why)
{
	bool is_text = options->format == FORMAT_TEXT;
	int err = 0;

	output->is_patient = true;
	for (size_t i = 0; i < targets->n && !err; i++) {
		if (targets->n > 1 && is_text)
			fprintf(output->to, "%s%s:\n", i ? "\n" : "", targets->at[i]->name);
		err = show_target(options, targets->at[i], output);
	}
	if (is_text && options->action != ACTION_LIST)
		show_kernel(options, output->to);
	return err ? reason_set(why, err, "out of memory") : output_write(output, why);
}
