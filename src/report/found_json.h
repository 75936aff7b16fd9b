/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search in a WIM found, as JSON. */
#ifndef WIMPLAN_REPORT_FOUND_JSON_H
#define WIMPLAN_REPORT_FOUND_JSON_H

#include "wimplan/json.h"
#include "wimplan/search.h"

/* Null for NULL. New reference. */
json_t *wp_found_json(struct wp_arena *arena, const struct wp_found_files *found);

#endif
