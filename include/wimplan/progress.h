/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a long call is: a bar on a terminal, and the lines of --events. */
#ifndef WIMPLAN_PROGRESS_H
#define WIMPLAN_PROGRESS_H

#include "wimplan/program.h"

#include <stdio.h>

enum wp_lines_how {
	WP_LINES_NEW,      /* in the place of what there was */
	WP_LINES_FOLLOWED, /* behind it, each as soon as it is said: somebody may look on */
};

/* A file of lines of JSON. */
struct wp_lines {
	FILE *file; /* NULL: nobody wants them */
	const char *path;
	int reason; /* the errno of the first failure; 0 while all is well */
};
/* @path NULL: nobody wants them. */
int wp_lines_open(const char *path, enum wp_lines_how how, struct wp_lines *ret, struct wp_error *err);
/* Takes over the reference. What cannot be written is told by wp_lines_close(). */
void wp_lines_add(struct wp_lines *lines, json_t *line);
/* Says what went wrong from the first line on. May be called again. */
int wp_lines_close(struct wp_lines *lines, struct wp_error *err);

struct wp_progress {
	bool bar; /* standard error is a terminal, and --quiet was not given */
	unsigned int columns;
	uint64_t shown; /* the permille that was drawn last, plus one */
	struct wp_lines events;
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
