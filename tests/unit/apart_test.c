/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/apart.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int fd = -1, other = -1;
static size_t n_files;

static size_t count_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	size_t n = 0;

	while (readdir(folder))
		n++;
	closedir(folder);
	return n;
}

static void init(void)
{
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	other = open("/dev/null", O_WRONLY | O_CLOEXEC);
	n_files = count_files();
}

/* Whatever has become of it, no process and no file is left. */
static void fini(void)
{
	cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1);
	cr_assert_eq(errno, ECHILD);
	cr_assert_eq(count_files(), n_files);
	close(fd);
	close(other);
}

TestSuite(apart, .init = init, .fini = fini, .timeout = 60);

static struct apart_limits limits = {
	.cpu_s = 5,
	.wall_s = 20,
	.memory_bytes = 256 << 20,
	.answer_bytes = 1 << 20,
};
static struct span answer;

static bool write_back(int from, int to, const void *context)
{
	uint8_t bytes[16];

	return pread(from, bytes, sizeof(bytes), 0) == sizeof(bytes) &&
	       apart_write(to, bytes, sizeof(bytes)) && apart_write(to, context, 5);
}

Test(apart, answers_from_the_file_and_what_it_is_told)
{
	cr_assert_eq(apart_run(fd, write_back, "told", &limits, &answer), 0);
	cr_assert_eq(answer.n_bytes, 21);
	cr_assert_eq(memcmp(answer.data, "\177ELF", 4), 0);
	cr_assert_str_eq((const char *)answer.data + 16, "told");
	free((void *)answer.data);
}

/* As many bytes as the context says. */
static bool write_much(int from, int to, const void *context)
{
	static uint8_t bytes[1 << 16];
	size_t n_left = *(const size_t *)context;

	(void)from;
	while (n_left > 0) {
		size_t n = n_left < sizeof(bytes) ? n_left : sizeof(bytes);

		if (!apart_write(to, bytes, n))
			return false;
		n_left -= n;
	}
	return true;
}

Test(apart, may_answer_nothing_or_all_that_is_allowed)
{
	const size_t sizes[] = { 0, 1, 4096, 4097, 1 << 20 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		cr_assert_eq(apart_run(fd, write_much, &sizes[i], &limits, &answer), 0);
		cr_assert_eq(answer.n_bytes, sizes[i]);
		free((void *)answer.data);
	}
}

Test(apart, that_says_too_much_is_not_listened_to)
{
	const size_t sizes[] = { (1 << 20) + 1, SIZE_MAX };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		cr_assert_eq(apart_run(fd, write_much, &sizes[i], &limits, &answer), -EFBIG);
}

static bool fail(int from, int to, const void *context)
{
	const int *signal = context;

	(void)from;
	apart_write(to, "something", 9);
	return signal && raise(*signal) == 0;
}

Test(apart, that_fails_or_crashes_has_said_nothing)
{
	const int signals[] = { SIGSEGV, SIGABRT, SIGBUS, SIGKILL, SIGFPE };

	cr_assert_eq(apart_run(fd, fail, NULL, &limits, &answer), -EIO);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		cr_assert_eq(apart_run(fd, fail, &signals[i], &limits, &answer), -EIO);
}

static bool hang(int from, int to, const void *context)
{
	(void)from, (void)to, (void)context;
	while (pause())
		;
	return true;
}

Test(apart, that_hangs_is_ended)
{
	struct apart_limits short_limits = limits;

	short_limits.wall_s = 1;
	cr_assert_eq(apart_run(fd, hang, NULL, &short_limits, &answer), -ETIMEDOUT);
}

static bool spin(int from, int to, const void *context)
{
	volatile bool goes_on = true;

	(void)from, (void)to, (void)context;
	while (goes_on)
		;
	return true;
}

Test(apart, that_takes_too_long_is_ended)
{
	struct apart_limits short_limits = limits;

	short_limits.cpu_s = 1;
	cr_assert_eq(apart_run(fd, spin, NULL, &short_limits, &answer), -ETIMEDOUT);
}

static bool take_memory(int from, int to, const void *context)
{
	(void)from, (void)context;
	for (int i = 0; i < 1024; i++) {
		uint8_t *bytes = malloc(1 << 20);

		if (!bytes)
			return false;
		memset(bytes, i, 1 << 20);
		apart_write(to, bytes, 1);
	}
	return true;
}

Test(apart, has_only_so_much_memory)
{
	cr_assert_eq(apart_run(fd, take_memory, NULL, &limits, &answer), -EIO);
}

/* What the process can do: in its answer, so that no failure of the test hides it. */
struct powers {
	bool has_other, can_open, can_fork, is_root;
};

static bool tell_powers(int from, int to, const void *context)
{
	struct powers powers = {
		.has_other = fcntl(*(const int *)context, F_GETFD) >= 0,
		.can_open = open("/dev/null", O_RDONLY) >= 0,
		.is_root = geteuid() == 0,
	};
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	powers.can_fork = pid > 0;
	(void)from;
	return apart_write(to, &powers, sizeof(powers));
}

Test(apart, has_no_rights)
{
	struct powers powers;

	cr_assert_eq(apart_run(fd, tell_powers, &other, &limits, &answer), 0);
	cr_assert(span_copy(answer, 0, &powers, sizeof(powers)));
	free((void *)answer.data);
	cr_assert_not(powers.has_other);
	cr_assert_not(powers.can_open);
	cr_assert_not(powers.is_root && geteuid() == 0);
	cr_assert_not(powers.can_fork);
}

Test(apart, limits_grow_with_the_file)
{
	struct apart_limits of_file = apart_limits_of(fd, 4096);
	int pipe_ends[2];

	cr_assert_eq(of_file.answer_bytes, 4096);
	cr_assert(of_file.cpu_s >= 5 && of_file.cpu_s <= 30 && of_file.wall_s > of_file.cpu_s);
	cr_assert_eq(pipe(pipe_ends), 0);
	cr_assert_lt(apart_limits_of(pipe_ends[0], 0).memory_bytes, of_file.memory_bytes);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}
