/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of a site's rows share: values of columns, and places found by a key. */
#ifndef WIMPLAN_SITE_INTERNAL_H
#define WIMPLAN_SITE_INTERNAL_H

#include "wimplan/arena.h"
#include "wimplan/number.h"
#include "wimplan/record.h"
#include "wimplan/time.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* A text in @arena; NULL when the row has none, or an empty one. */
const char *wp_column_text(struct wp_arena *arena, const json_t *row, const char *column);
struct wp_number wp_column_number(const json_t *row, const char *column);
/* Not known, too, for a site's ways to say "never". */
struct wp_time wp_column_time(const json_t *row, const char *column);

/* The place of this package among the records of the set; false when it is none of them, or NULL. */
bool wp_record_set_place(const struct wp_record_set *set, const char *package_id, size_t *ret);

/* The place that was kept under a key, which may be NULL; false when there is none. */
bool wp_place_find(const json_t *places, const char *key, size_t *ret);
void wp_place_keep(json_t *places, const char *key, size_t place);

#endif
