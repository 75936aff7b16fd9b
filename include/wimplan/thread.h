/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads, what they hand to each other, and locks between them. */
#ifndef WIMPLAN_THREAD_H
#define WIMPLAN_THREAD_H

#include <stdbool.h>
#include <stddef.h>

struct wp_threads;

/*
 * Calls @work with each number below @count (1 or more), on as many threads at once, of which the calling one is one, and
 * returns when all have ended. A number for which the system gives no thread comes last, on the calling one.
 */
void wp_threads_run(unsigned int count, void (*work)(void *context, unsigned int number), void *context);

/*
 * The same, but the calling thread goes on with something else before it comes to wp_threads_end(), where it does its part. The others
 * stand back behind it where there are not processors for all.
 */
struct wp_threads *wp_threads_begin(unsigned int count, void (*work)(void *context, unsigned int number), void *context)
	__attribute__((returns_nonnull));
void wp_threads_end(struct wp_threads *threads);

/* What a thread does while another one ends the process. */
_Noreturn void wp_thread_wait_for_end(void);

/*
 * A belt: jobs that other threads do while the calling one makes more of them, and that come back in the order in which they
 * were put on it, whichever was done first.
 */
struct wp_belt;

/*
 * @threads counts the calling one, which helps where it would have to wait: with 1, or where the system gives no other, it
 * does all jobs. @room: how many jobs may be on the belt. @work does one.
 */
struct wp_belt *wp_belt_new(unsigned int threads, size_t room, void (*work)(void *job)) __attribute__((returns_nonnull));
/* No room: before another job is put on it, one has to be taken. */
bool wp_belt_is_full(const struct wp_belt *belt);
void wp_belt_put(struct wp_belt *belt, void *job);
/* The oldest job, when it is done; NULL when none is on the belt. */
void *wp_belt_take(struct wp_belt *belt);
/* Ends the threads. The belt has to be empty. NULL is allowed. */
void wp_belt_free(struct wp_belt *belt);

struct wp_mutex;

struct wp_mutex *wp_mutex_new(void) __attribute__((returns_nonnull));
void wp_mutex_free(struct wp_mutex *mutex);
void wp_mutex_lock(struct wp_mutex *mutex);
void wp_mutex_unlock(struct wp_mutex *mutex);

#endif
