/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads, and locks between them. */
#ifndef WIMPLAN_THREAD_H
#define WIMPLAN_THREAD_H

/*
 * Calls @work with each number below @count (1 or more), on as many threads at once, of which the calling one is one, and
 * returns when all have ended. A number for which the system gives no thread comes last, on the calling one.
 */
void wp_threads_run(unsigned int count, void (*work)(void *context, unsigned int number), void *context);

struct wp_mutex;

struct wp_mutex *wp_mutex_new(void) __attribute__((returns_nonnull));
void wp_mutex_free(struct wp_mutex *mutex);
void wp_mutex_lock(struct wp_mutex *mutex);
void wp_mutex_unlock(struct wp_mutex *mutex);

#endif
