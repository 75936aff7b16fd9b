/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a long call is: a bar on a terminal, and the lines of --events. */
#ifndef WIMPLAN_PROGRESS_H
#define WIMPLAN_PROGRESS_H

#include "wimplan/program.h"

#include <stdio.h>

struct wp_progress {
	bool bar; /* standard error is a terminal, and --quiet was not given */
	unsigned int columns;
	uint64_t shown; /* the permille that was drawn last, plus one */
	FILE *events;     /* NULL without --events */
	const char *path; /* of --events */
};

/* Opens the file of --events, if there is one, and writes its first line. */
int wp_progress_open(struct wp_cli *cli, struct wp_progress *ret);
/* Whether anybody looks. */
bool wp_progress_wanted(const struct wp_progress *progress);
/* Draws the bar; @words stand behind it: "3/10 sources". It goes away when all is done. */
void wp_progress_draw(struct wp_progress *progress, uint64_t done, uint64_t total, const char *words);
/* Writes one line of --events; takes over the reference. */
void wp_progress_event(struct wp_progress *progress, json_t *line);
/* Closes the file of --events and says what went wrong with it. May be called again. */
int wp_progress_close(struct wp_progress *progress, struct wp_error *err);

static inline void wp_progress_free(struct wp_progress *progress)
{
	wp_progress_close(progress, NULL);
}

#endif
