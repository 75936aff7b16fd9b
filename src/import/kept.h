/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an import keeps of rows until all are read: as values in memory, or as their canonical texts (RFC 8785) outside of it
 * where the caller has given a place for that (wp_import_options).
 */
#ifndef WIMPLAN_IMPORT_KEPT_H
#define WIMPLAN_IMPORT_KEPT_H

#include "wimplan/spill.h"

#include <jansson.h>

/* A value that is kept; all 0: none. */
struct wp_kept {
	json_t *json; /* owned; NULL outside of memory */
	struct wp_span span;
};

/* Keeps @json in the place of what @kept has. @text: its canonical text where it is known; NULL. @spill NULL: in memory. */
int wp_keep(struct wp_spill *spill, json_t *json, const struct wp_buf *text, struct wp_kept *kept, struct wp_error *err);
/* The value; NULL where none is kept. New reference; outside of memory it is another one each time. */
int wp_kept_get(const struct wp_spill *spill, const struct wp_kept *kept, json_t **ret_json, struct wp_error *err);
/* Frees what of it is in memory. */
void wp_kept_free(struct wp_kept *kept);

#endif
