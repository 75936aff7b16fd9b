/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A belt between threads: a ring of jobs, of which the oldest is taken and the first that nobody does is done. */
#include "wimplan/thread.h"

#include "wimplan/arena.h"

#include <pthread.h>
#include <stdlib.h>

struct place {
	void *job;
	bool done;
};

struct wp_belt {
	void (*work)(void *job);
	pthread_t *threads;
	unsigned int thread_count; /* that were started */
	pthread_mutex_t lock;      /* of all below */
	pthread_cond_t more, done; /* a job nobody does was put on it, or it ends; a job was done */
	bool ends;
	/* Jobs are counted from the first one on: those from @taken to @put are on the belt, those from @begun on nobody does. */
	size_t taken, begun, put;
	size_t room;
	struct place places[];
};

static struct place *place_of(struct wp_belt *belt, size_t job)
{
	return &belt->places[job % belt->room];
}

/* Does the first job that nobody does. The lock is held before and after, not meanwhile. */
static void do_next(struct wp_belt *belt)
{
	struct place *place = place_of(belt, belt->begun++);

	pthread_mutex_unlock(&belt->lock);
	belt->work(place->job);
	pthread_mutex_lock(&belt->lock);
	place->done = true;
	pthread_cond_signal(&belt->done);
}

static void *run(void *context)
{
	struct wp_belt *belt = context;

	pthread_mutex_lock(&belt->lock);
	while (!belt->ends)
		if (belt->begun < belt->put)
			do_next(belt);
		else
			pthread_cond_wait(&belt->more, &belt->lock);
	pthread_mutex_unlock(&belt->lock);
	return NULL;
}

struct wp_belt *wp_belt_new(unsigned int threads, size_t room, void (*work)(void *job))
{
	struct wp_belt *belt = wp_must(calloc(1, sizeof *belt + room * sizeof *belt->places));

	belt->work = work;
	belt->room = room;
	belt->threads = wp_must(calloc(threads, sizeof *belt->threads));
	if (pthread_mutex_init(&belt->lock, NULL) || pthread_cond_init(&belt->more, NULL) || pthread_cond_init(&belt->done, NULL))
		wp_out_of_memory();
	while (belt->thread_count + 1 < threads && !pthread_create(&belt->threads[belt->thread_count], NULL, run, belt))
		belt->thread_count++;
	return belt;
}

bool wp_belt_is_full(const struct wp_belt *belt)
{
	/* Of the calling thread alone, so that no lock is needed. */
	return belt->put - belt->taken == belt->room;
}

void wp_belt_put(struct wp_belt *belt, void *job)
{
	pthread_mutex_lock(&belt->lock);
	*place_of(belt, belt->put++) = (struct place){ .job = job };
	pthread_cond_signal(&belt->more);
	pthread_mutex_unlock(&belt->lock);
}

void *wp_belt_take(struct wp_belt *belt)
{
	struct place *place = place_of(belt, belt->taken);
	void *job;

	if (belt->taken == belt->put)
		return NULL;
	pthread_mutex_lock(&belt->lock);
	while (!place->done)
		if (belt->begun < belt->put)
			do_next(belt);
		else
			pthread_cond_wait(&belt->done, &belt->lock);
	job = place->job;
	belt->taken++;
	pthread_mutex_unlock(&belt->lock);
	return job;
}

void wp_belt_free(struct wp_belt *belt)
{
	if (!belt)
		return;
	pthread_mutex_lock(&belt->lock);
	belt->ends = true;
	pthread_cond_broadcast(&belt->more);
	pthread_mutex_unlock(&belt->lock);
	for (unsigned int i = 0; i < belt->thread_count; i++)
		pthread_join(belt->threads[i], NULL);
	pthread_cond_destroy(&belt->done);
	pthread_cond_destroy(&belt->more);
	pthread_mutex_destroy(&belt->lock);
	free(belt->threads);
	free(belt);
}
