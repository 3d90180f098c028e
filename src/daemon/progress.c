/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/progress.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "daemon/say.h"

static struct progress {
	char what[256];
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t is_changed;
	bool is_running, is_over;
} progress = { .mutex = PTHREAD_MUTEX_INITIALIZER, .is_changed = PTHREAD_COND_INITIALIZER };

static void *run(void *context __attribute__((unused)))
{
	struct timespec until;
	int seconds = 0;

	pthread_mutex_lock(&progress.mutex);
	clock_gettime(CLOCK_REALTIME, &until);
	while (!progress.is_over) {
		until.tv_sec++;
		if (pthread_cond_timedwait(&progress.is_changed, &progress.mutex, &until) == 0)
			continue;
		fprintf(stderr, "\r\033[Kgotraced: %s ... %d s", progress.what, ++seconds);
	}
	if (seconds > 0)
		fputs("\r\033[K", stderr);
	pthread_mutex_unlock(&progress.mutex);
	return NULL;
}

void progress_begin(const char *format, ...)
{
	va_list args;

	if (!isatty(STDERR_FILENO))
		return;
	va_start(args, format);
	vsnprintf(progress.what, sizeof(progress.what), format, args);
	va_end(args);
	disarm(progress.what, false);
	progress.is_over = false;
	progress.is_running = pthread_create(&progress.thread, NULL, run, NULL) == 0;
}

void progress_end(void)
{
	if (!progress.is_running)
		return;
	pthread_mutex_lock(&progress.mutex);
	progress.is_over = true;
	pthread_cond_signal(&progress.is_changed);
	pthread_mutex_unlock(&progress.mutex);
	pthread_join(progress.thread, NULL);
	progress.is_running = false;
}
