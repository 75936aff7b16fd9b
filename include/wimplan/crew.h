/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hands for work that can be shared: who starts no threads has them handed in by who does. */
#ifndef WIMPLAN_CREW_H
#define WIMPLAN_CREW_H

#include <stddef.h>

struct wp_crew {
	unsigned int count; /* at least 1 */
	/* Calls @work with each number below @count, at once or one after the other, and returns when all have ended. */
	void (*run)(unsigned int count, void (*work)(void *context, unsigned int number), void *context);
};

/* How many hands there are: NULL is the caller alone. */
static inline unsigned int wp_crew_count(const struct wp_crew *crew)
{
	return crew ? crew->count : 1;
}

static inline void wp_crew_run(const struct wp_crew *crew, void (*work)(void *context, unsigned int number), void *context)
{
	if (crew)
		crew->run(crew->count, work, context);
	else
		work(context, 0);
}

#endif
