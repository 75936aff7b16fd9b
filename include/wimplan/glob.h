/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Globs over paths of an image, without regard to case: '*' is any run of characters, a separator included, '?' is one
 * character, '/' and '\\' are the same, and a glob that begins with neither a separator nor '*' may begin at any component.
 *
 * A path is passed over piece by piece, and what a folder's path has left of the glob serves for all that is in it: the
 * path of a folder is looked at once, however long it is and however many files the folder has.
 */
#ifndef WIMPLAN_GLOB_H
#define WIMPLAN_GLOB_H

#include <stdbool.h>
#include <stddef.h>

struct wp_glob;

/* A glob of @text, to be freed. */
struct wp_glob *wp_glob_new(const char *text) __attribute__((returns_nonnull));
void wp_glob_free(struct wp_glob *glob);

/* How many places a path may have come to in the glob: the size of the arrays below. */
size_t wp_glob_places(const struct wp_glob *glob);

/* Nothing has been passed: @places, which has false everywhere, becomes where a path begins. */
void wp_glob_begin(const struct wp_glob *glob, bool *places);
/* Passes over @text, the next piece of a path: "\\Windows". */
void wp_glob_pass(const struct wp_glob *glob, bool *places, const char *text);
/* Whether the path that was passed fits. */
bool wp_glob_fits(const struct wp_glob *glob, const bool *places);

#endif
