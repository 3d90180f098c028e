/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_SECONDS = 30,
	MIN_SECONDS = 5,
	/* Of the machine's time, a process gets what others leave it. */
	WALL_PER_CPU = 8,
	FILE_BYTES_PER_SECOND = 32 << 20,
	/* Compressed DWARF unpacks to some three times its size. */
	MEMORY_PER_FILE_BYTE = 8,
	MEMORY_BESIDES_BYTES = 256 << 20,
	NOBODY = 65534,
	FIRST_ANSWER_BYTES = 4096,
};

static const uint64_t max_memory_bytes = 4UL << 30;

static uint64_t at_most(uint64_t value, uint64_t max)
{
	return value < max ? value : max;
}

struct apart_limits apart_limits_of(int fd, uint64_t answer_bytes)
{
	struct apart_limits limits = { .answer_bytes = answer_bytes };
	uint64_t n_bytes = 0;
	struct stat st;

	/* What a sparse file seems to have costs nothing to claim. */
	if (fstat(fd, &st) == 0)
		n_bytes = at_most((uint64_t)st.st_size, (uint64_t)st.st_blocks * 512);
	limits.cpu_s = at_most(MIN_SECONDS + n_bytes / FILE_BYTES_PER_SECOND, MAX_SECONDS);
	limits.wall_s = limits.cpu_s * WALL_PER_CPU;
	limits.memory_bytes =
		MEMORY_BESIDES_BYTES + at_most(MEMORY_PER_FILE_BYTE * n_bytes, max_memory_bytes);
	return limits;
}

static void limit(int resource, uint64_t to)
{
	struct rlimit now = { to, to };

	setrlimit(resource, &now);
}

/* What the address space holds already, such as a sanitizer's shadow memory, is not counted. */
static uint64_t address_space_bytes(void)
{
	unsigned long n_pages = 0;
	FILE *statm = fopen("/proc/self/statm", "re");

	if (statm && fscanf(statm, "%lu", &n_pages) != 1)
		n_pages = 0;
	if (statm)
		fclose(statm);
	return n_pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void limit_resources(const struct apart_limits *limits)
{
	limit(RLIMIT_AS, address_space_bytes() + limits->memory_bytes);
	/* The soft limit tells by its signal that it was time. */
	setrlimit(RLIMIT_CPU, &(struct rlimit){ limits->cpu_s, limits->cpu_s + 1 });
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NOFILE, 0);
	limit(RLIMIT_NPROC, 0);
}

/* Nobody without capabilities or, where identities may not be changed, at least without them. */
static bool give_up_rights(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	bool is_nobody = setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
			 setresuid(NOBODY, NOBODY, NOBODY) == 0;

	(void)is_nobody;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_capset, &header, none) == 0;
}

/* Leaves open only what is read from and what is answered to, both behind the standard streams. */
static void close_others(int fd, int to)
{
	unsigned int low = fd < to ? fd : to, high = fd < to ? to : fd;

	if (low > 3)
		syscall(SYS_close_range, 3, low - 1, 0);
	if (high > low + 1)
		syscall(SYS_close_range, low + 1, high - 1, 0);
	syscall(SYS_close_range, high + 1, ~0U, 0);
}

/* A crash ends the process, and that is all. */
static void be_silent(void)
{
	static const int ends[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGPIPE, SIGXCPU };
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(nowhere, STDIN_FILENO);
	dup2(nowhere, STDOUT_FILENO);
	dup2(nowhere, STDERR_FILENO);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		signal(ends[i], SIG_DFL);
}

struct job {
	int fd;
	apart_work *work;
	const void *context;
	const struct apart_limits *limits;
	pid_t parent;
};

static void work_apart(const struct job *job, int to)
{
	if (job->fd <= STDERR_FILENO || to <= STDERR_FILENO)
		_exit(1);
	be_silent();
	close_others(job->fd, to);
	limit_resources(job->limits);
	if (!give_up_rights())
		_exit(1);
	/* Last, since a change of identity undoes it; the parent may be gone by now. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != job->parent)
		_exit(1);
	_exit(job->work(job->fd, to, job->context) ? 0 : 1);
}

bool apart_write(int to, const void *data, size_t n_bytes)
{
	const uint8_t *at = data;

	while (n_bytes > 0) {
		ssize_t n = write(to, at, n_bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		n_bytes -= n;
	}
	return true;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/* What has been said so far. */
struct answer {
	uint8_t *bytes;
	size_t n_bytes, n_room;
};

static int make_room(struct answer *answer, uint64_t max_bytes)
{
	size_t n_room = answer->n_room ? 2 * answer->n_room : FIRST_ANSWER_BYTES;
	uint8_t *bytes;

	if (answer->n_bytes < answer->n_room)
		return 0;
	/* One byte more tells that there is too much. */
	n_room = at_most(n_room, max_bytes + 1);
	if (answer->n_bytes == n_room)
		return -EFBIG;
	bytes = realloc(answer->bytes, n_room);
	if (!bytes)
		return -ENOMEM;
	answer->bytes = bytes;
	answer->n_room = n_room;
	return 0;
}

/* Until the other end closes. */
static int read_answer(int from, const struct apart_limits *limits, struct answer *answer)
{
	int64_t end_ms = now_ms() + 1000L * limits->wall_s;

	for (;;) {
		struct pollfd poll_from = { .fd = from, .events = POLLIN };
		int64_t left_ms = end_ms - now_ms();
		int err = make_room(answer, limits->answer_bytes);
		ssize_t n;

		if (err)
			return err;
		if (left_ms <= 0)
			return -ETIMEDOUT;
		if (poll(&poll_from, 1, (int)left_ms) <= 0)
			continue;
		n = read(from, answer->bytes + answer->n_bytes, answer->n_room - answer->n_bytes);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return answer->n_bytes > limits->answer_bytes ? -EFBIG : 0;
		answer->n_bytes += n > 0 ? n : 0;
	}
}

/* How it ended: by itself and well, or how not. */
static int reap(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
		return -ETIMEDOUT;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

int apart_run(int fd, apart_work *work, const void *context, const struct apart_limits *limits,
	      struct span *ret)
{
	const struct job job = { fd, work, context, limits, getpid() };
	struct answer answer = { 0 };
	int ends[2], err, end_err;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	pid = fork();
	err = pid < 0 ? -errno : 0;
	if (pid == 0)
		work_apart(&job, ends[1]);
	close(ends[1]);
	if (!err)
		err = read_answer(ends[0], limits, &answer);
	close(ends[0]);
	if (pid > 0) {
		if (err)
			kill(pid, SIGKILL);
		end_err = reap(pid);
		err = err ? err : end_err;
	}
	if (err) {
		free(answer.bytes);
		return err;
	}
	*ret = (struct span){ answer.bytes, answer.n_bytes };
	return 0;
}
