/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/detacher.h"

#include <stdlib.h>

struct job {
	struct links links;
	struct detacher before; /* what is to be over first */
};

static void *run(void *context)
{
	struct job *job = context;

	if (job->before.is_busy)
		pthread_join(job->before.thread, NULL);
	links_detach(&job->links);
	free(job);
	return NULL;
}

void detacher_add(struct detacher *detacher, struct links *links)
{
	struct job *job = links->n > 0 ? malloc(sizeof(*job)) : NULL;
	pthread_t thread;

	if (!job) {
		links_detach(links);
		return;
	}
	*job = (struct job){ *links, *detacher };
	if (pthread_create(&thread, NULL, run, job)) {
		free(job);
		links_detach(links);
		return;
	}
	*detacher = (struct detacher){ thread, true };
	*links = (struct links){ 0 };
}

bool detacher_is_busy(struct detacher *detacher)
{
	if (detacher->is_busy && pthread_tryjoin_np(detacher->thread, NULL) == 0)
		detacher->is_busy = false;
	return detacher->is_busy;
}

void detacher_fini(struct detacher *detacher)
{
	if (detacher->is_busy)
		pthread_detach(detacher->thread);
	detacher->is_busy = false;
}
