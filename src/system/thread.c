/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads of POSIX. */
#include "wimplan/thread.h"

#include "wimplan/arena.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct wp_mutex {
	pthread_mutex_t lock;
};

struct worker {
	void (*work)(void *context, unsigned int number);
	void *context;
	unsigned int number;
	pthread_t thread;
	bool started;
};

static void *run(void *context)
{
	struct worker *worker = context;

	worker->work(worker->context, worker->number);
	return NULL;
}

void wp_threads_run(unsigned int count, void (*work)(void *context, unsigned int number), void *context)
{
	struct worker *workers = wp_must(calloc(count, sizeof *workers));

	for (unsigned int i = 1; i < count; i++) {
		workers[i] = (struct worker){ .work = work, .context = context, .number = i };
		workers[i].started = !pthread_create(&workers[i].thread, NULL, run, &workers[i]);
	}
	work(context, 0);
	for (unsigned int i = 1; i < count; i++)
		if (workers[i].started)
			pthread_join(workers[i].thread, NULL);
		else
			work(context, i);
	free(workers);
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
