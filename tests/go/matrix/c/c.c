#include "_cgo_export.h"
#include <pthread.h>
#include <unistd.h>

// The program has thread-local storage of its own, which moves that of Go.
static __thread volatile int calls;

int matrix_add(int a, int b)
{
	calls++;
	return a + b;
}

int matrix_call_back(int n)
{
	return goBackward(n) + goBackward(n + 1);
}

int matrix_descend(int n)
{
	return goDescend(n);
}

void matrix_throw(int n)
{
	goThrow(n);
}

static void *run(void *times)
{
	int n = 0;

	while (n < *(int *)times)
		n = goOnThread(n);
	*(int *)times = n;
	return NULL;
}

int matrix_on_thread(int times)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, &times))
		return -1;
	pthread_join(thread, NULL);
	return times;
}

void matrix_stay(void)
{
	for (;;)
		pause();
}
