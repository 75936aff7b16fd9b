/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads of POSIX. */
#include "wimplan/thread.h"

#include "wimplan/arena.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

struct wp_mutex {
	pthread_mutex_t lock;
};

struct worker {
	const struct wp_threads *threads;
	unsigned int number;
	pthread_t thread;
	bool started;
};

struct wp_threads {
	void (*work)(void *context, unsigned int number);
	void *context;
	unsigned int count;
	bool behind; /* the calling thread has something else to do */
	struct worker workers[]; /* the first one is the calling thread */
};

/* Of 32 threads that stand back so far and one that does not, this one gets about half of a processor (sched(7)). */
#define STAND_BACK 10

static void *run(void *context)
{
	const struct worker *worker = context;
	const struct wp_threads *threads = worker->threads;

	/* Linux has a nice value for each thread (setpriority(2), "C library/kernel differences"). */
	if (threads->behind)
		setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + STAND_BACK);
	threads->work(threads->context, worker->number);
	return NULL;
}

static struct wp_threads *begin(unsigned int count, bool behind, void (*work)(void *context, unsigned int number), void *context)
{
	struct wp_threads *threads = wp_must(calloc(1, sizeof *threads + count * sizeof *threads->workers));

	threads->work = work;
	threads->context = context;
	threads->count = count;
	threads->behind = behind;
	for (unsigned int i = 1; i < count; i++) {
		struct worker *worker = &threads->workers[i];

		worker->threads = threads;
		worker->number = i;
		worker->started = !pthread_create(&worker->thread, NULL, run, worker);
	}
	return threads;
}

struct wp_threads *wp_threads_begin(unsigned int count, void (*work)(void *context, unsigned int number), void *context)
{
	return begin(count, true, work, context);
}

void wp_threads_end(struct wp_threads *threads)
{
	threads->work(threads->context, 0);
	for (unsigned int i = 1; i < threads->count; i++)
		if (threads->workers[i].started)
			pthread_join(threads->workers[i].thread, NULL);
		else
			threads->work(threads->context, i);
	free(threads);
}

void wp_threads_run(unsigned int count, void (*work)(void *context, unsigned int number), void *context)
{
	wp_threads_end(begin(count, false, work, context));
}

_Noreturn void wp_thread_wait_for_end(void)
{
	for (;;)
		pause();
}

struct wp_mutex *wp_mutex_new(void)
{
	struct wp_mutex *mutex = wp_must(malloc(sizeof *mutex));

	if (pthread_mutex_init(&mutex->lock, NULL))
		wp_out_of_memory();
	return mutex;
}

void wp_mutex_free(struct wp_mutex *mutex)
{
	if (mutex)
		pthread_mutex_destroy(&mutex->lock);
	free(mutex);
}

void wp_mutex_lock(struct wp_mutex *mutex)
{
	pthread_mutex_lock(&mutex->lock);
}

void wp_mutex_unlock(struct wp_mutex *mutex)
{
	pthread_mutex_unlock(&mutex->lock);
}
